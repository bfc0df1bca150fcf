/**
 * A mediator's part of doctors' keys: for their doctor alone, in a login, and gone when it is said to end.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, concat, equalPublic, uncbor, utf8 } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { type Card, decodeCard } from '@carelet/crypto/cards/card';
import { sealForMediator } from '@carelet/crypto/cards/issued';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import { type CardSecrets, newCard } from '@carelet/crypto/cards/owner';
import { readServiceKey } from '@carelet/crypto/cards/service';
import { setup, shareOut } from '@carelet/crypto/kp-abe/authority';
import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { type IssuedKey, issue } from '@carelet/crypto/kp-abe/issuer';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { finish, inSession } from '@carelet/crypto/kp-abe/reader';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import type { EndedKeys, KeyName } from '@carelet/ground/ended-keys';
import type { KnownCaller } from '@carelet/ground/login';
import { secrets } from '@carelet/ground/secrets';
import { serviceKeys } from '@carelet/ground/service-key';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as mathematics from './mathematics.ts';
import type { Organisation } from './organisation.ts';
import type { Receipts } from './receipts.ts';
import { forgetKeys, forgetKeysOfOthers, type Logins, type RoleFactors, roleFactorsIn, roles } from './roles.ts';

const day = 86_400;
const begin = 1_795_176_000;
const place = utf8('a place');

type Person = { readonly card: Card; readonly secrets: CardSecrets; readonly caller: KnownCaller };
const person = (kind: Card['kind']): Person => {
  const { card, secrets: own } = newCard(kind, begin + 365 * day);
  return { card, secrets: own, caller: { id: card.id, kind, card } };
};

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
  );

describe('a mediator of roles', () => {
  const clinic = person('organisation');
  const log = signingKey();
  const northgate = systemRandom(16);
  const manifest: Manifest = {
    ...{ town: 'a town', serial: 2, issuers: [1, 2, 3].map(() => systemRandom(32)), signatures: [] },
    domains: [{ organisation: northgate, name: 'Northgate Hospital', publicKey: systemRandom(32) }],
    receipts: { log: { name: 'cloud.example', key: log.public }, witnesses: [] },
  };
  const folder = temporaryFolder();
  const key = secrets(systemRandom(32));
  let now = begin;
  const keys = serviceKeys(join(folder, 'service'), () => now * 1000);
  const ended: KeyName[] = [];
  const left: Parameters<Receipts['leave']>[0][] = [];
  let meanwhile: () => Promise<unknown> = async () => {};
  let known: RoleFactors;
  let logins: Logins;
  let domain: Bytes;
  /** The id of Northgate's domain, as the town names it. */
  let today: Bytes;
  let issued: readonly IssuedKey[];
  let sealed: Bytes;
  let chen: Person;

  const list: EndedKeys = {
    async refuse({ doctor, issued: at }, op) {
      if (ended.some((one) => one.doctor === doctor && at < one.issued)) throw new CareletError('denied', op, { because: 'it was ended' });
    },
    take: async () => {},
    hear: async () => {},
  };
  const as = (who: Person | null) =>
    roles(
      {
        kept: known,
        logins,
        keys,
        endedKeys: list,
        domains: {
          isToday: async (_, id) => equalPublic(id, today),
          kindOf: async () => 'domain',
          take: async () => {},
          ready: async () => {},
          hear: async () => {},
        },
        mathematics: {
          async applyRole(...given) {
            const applied = await mathematics.applyRole(...given);
            await meanwhile();
            return applied;
          },
        },
        organisation: async () => ({ card: clinic.card, edSk: clinic.secrets.edSk }) as Organisation,
        town: { manifest: async () => manifest, refresh: async () => manifest, take: async () => manifest },
        receipts: { leave: async (act) => void left.push(act) },
        now: () => now,
      },
      who?.caller ?? null,
    );

  beforeAll(async () => {
    const group = await loadGroup('mcl');
    const made = setup(group, 'Northgate');
    domain = made.domain;
    issued = shareOut(group, domain, made.master, { issuers: 3, needed: 2 })
      .shares.slice(0, 2)
      .map((share) => issue(group, share, 'l:cardio'));
    sealed = seal(group, [{ domain }], ['l:cardio'], place, utf8('a node key'));
  });

  beforeEach(async () => {
    now = begin;
    today = idOfDomain(domain);
    chen = person('doctor');
    known = await roleFactorsIn(join(folder, 'role-factors'), key);
    logins = new Map();
  });

  /** What two issuers sealed to this mediator for a doctor. */
  const parts = async ({ who = chen, at = begin, notAfter = begin + 30 * day, organisation = northgate, of = issued } = {}) => {
    const { publicKey } = await keys.current();
    return of.map(({ mediator: factor }, issuer) => ({
      issuer,
      sealed: sealForMediator(publicKey, { doctor: who.card.id, organisation, issuer }, { factor, issued: at, notAfter }),
    }));
  };
  const enter = async (factors?: Awaited<ReturnType<typeof parts>>, who = chen) => {
    const { login, session } = await as(who).enter({ organisation: northgate, factors: factors ?? [] });
    const context = cbor(['carelet/v1/sharing/login', who.card.id, northgate, login]);
    const scalars = uncbor(openWith(who.secrets.hybridSk, context, session)!) as Bytes[];
    return { login, factors: issued.map(({ doctor }, i) => inSession(doctor, scalars[i]!)) };
  };
  const transformed = async () => {
    const group = await loadGroup('mcl');
    return concat(...issued.map((one) => transform(group, readTransform(group, one.transform)!, sealed)!));
  };
  const opened = async (login: Bytes, factors: readonly Bytes[], who = chen) => {
    const [answer] = (await as(who).answer({ login, transformed: [await transformed()] })).answers;
    return finish(await loadGroup('mcl'), domain, factors, [answer!.subarray(0, 576), answer!.subarray(576)], place, sealed, {});
  };

  test('shows a key of its own that its organisation signed', async () => {
    const { organisation, key: shown } = await as(chen).mediator();
    expect(readServiceKey('mediator', decodeCard(organisation)!.edVk, shown)).toEqual((await keys.current()).publicKey);
  });

  test('takes its part once, keeps it over a restart, sealed, and lets its doctor in with it', async () => {
    expect(await refusal(enter())).toBe('missing');
    const first = await enter(await parts());
    expect(await opened(first.login, first.factors)).toEqual(utf8('a node key'));
    known = await roleFactorsIn(join(folder, 'role-factors'), key);
    logins = new Map();
    expect(await refusal(opened(first.login, first.factors))).toBe('denied');
    const again = await enter();
    expect(await opened(again.login, again.factors)).toEqual(utf8('a node key'));
    expect(readdirSync(join(folder, 'role-factors')).every((name) => /^[0-9a-f]{32}$/.test(name))).toBe(true);
  });

  test('what is of a domain that was retired is applied no more, is forgotten, and is not taken again', async () => {
    const { login, factors } = await enter(await parts());
    const kept = { organisation: northgate, id: today };
    today = systemRandom(16);
    expect(await refusal(opened(login, factors))).toBe('conflict');
    expect(await refusal(enter())).toBe('conflict');
    await forgetKeysOfOthers(known, logins, [kept]);
    expect([readdirSync(join(folder, 'role-factors')).length > 0, logins.size]).toEqual([true, 1]);
    await forgetKeysOfOthers(known, logins, [
      { organisation: systemRandom(16), id: today },
      { organisation: northgate, id: today },
    ]);
    expect(logins.size).toBe(0);
    expect(await refusal(enter())).toBe('missing');
    expect(await refusal(enter(await parts()))).toBe('conflict');
  });

  test('a login is of use neither in another one nor to anybody else, and ends when she leaves or after twelve hours', async () => {
    const [one, two] = [await enter(await parts()), await enter()];
    expect(await opened(one.login, two.factors)).toBeNull();
    const kept = issued.map(({ doctor }) => doctor);
    expect(await opened(one.login, kept)).toBeNull();
    const diaz = person('doctor');
    for (const who of [null, person('patient')]) {
      expect(await refusal(as(who).enter({ organisation: northgate, factors: [] }))).toBe('denied');
      expect(await refusal(as(who).answer({ login: one.login, transformed: [await transformed()] }))).toBe('denied');
    }
    expect(await refusal(opened(one.login, one.factors, diaz))).toBe('denied');
    await as(diaz).leave({ login: one.login });
    expect(await opened(one.login, one.factors)).toEqual(utf8('a node key'));
    await as(chen).leave({ login: one.login });
    expect(await refusal(opened(one.login, one.factors))).toBe('denied');
    now += 12 * 3600;
    expect(await refusal(opened(two.login, two.factors))).toBe('denied');
  });

  test('takes no part that is not sealed to it for this doctor and organisation, nor two that do not belong together', async () => {
    const [one, two] = (await parts()) as [Awaited<ReturnType<typeof parts>>[number], Awaited<ReturnType<typeof parts>>[number]];
    const other = (await parts({ at: begin + 1 }))[1]!;
    const diaz = person('doctor');
    for (const [kind, ...brought] of [
      ['invalid', one, one],
      ['invalid', one, other],
      ['invalid', one, (await parts({ notAfter: begin + day }))[1]!],
      ['missing', one, (await parts({ organisation: systemRandom(16) }))[1]!],
      ['missing', one, (await parts({ who: diaz }))[1]!],
      ['missing', { ...one, issuer: 1 }, { ...two, issuer: 0 }],
    ] as [string, typeof one, typeof one][]) {
      expect(await refusal(enter(brought))).toBe(kind);
    }
    expect(await refusal(enter([one, two], diaz))).toBe('missing');
    expect(await refusal(enter([one, two]))).toBe('ok');
  });

  test('keeps the later of two keys, and what was sealed two days ago it cannot open any more', async () => {
    const [first, second] = [await parts(), await parts({ at: begin + 1 })];
    const before = await enter(first);
    await enter(second);
    expect(await refusal(opened(before.login, before.factors))).toBe('denied');
    expect(await refusal(enter(first))).toBe('conflict');
    now += day;
    expect(await refusal(enter(second))).toBe('ok');
    now += day;
    expect(await refusal(enter(second))).toBe('missing');
    expect(await refusal(enter())).toBe('ok');
    expect(readdirSync(join(folder, 'service')).length).toBeLessThan(3);
  });

  test('answers what is no element of GT with nothing, and nothing once the key has ended', async () => {
    const { login } = await enter(await parts({ notAfter: begin + 60 }));
    const good = await transformed();
    const lies = [new Uint8Array(1152), systemRandom(1152), concat(good.subarray(0, 576), new Uint8Array(576))];
    left.length = 0;
    expect((await as(chen).answer({ login, transformed: [...lies, good] })).answers.map(({ length }) => length)).toEqual([0, 0, 0, 1152]);
    expect(left).toMatchObject([{ kind: 'factor', actor: chen.card.id, turned: [...lies, good] }]);
    now += 60;
    expect(await refusal(as(chen).answer({ login, transformed: [good] }))).toBe('denied');
    expect(await refusal(enter())).toBe('denied');
  });

  test('hands out nothing of what waits while the key ends, or its login', async () => {
    const [one, two] = [await enter(await parts()), await enter()];
    meanwhile = () => as(chen).leave({ login: one.login });
    expect(await refusal(opened(one.login, one.factors))).toBe('denied');
    meanwhile = () => forgetKeys(known, logins, { doctor: chen.card.id, of: null });
    expect(await refusal(opened(two.login, two.factors))).toBe('denied');
    meanwhile = async () => {};
  });

  test('forgets everything of a doctor whose keys were ended, and takes nothing of them again', async () => {
    const brought = await parts();
    const { login, factors } = await enter(brought);
    const diaz = person('doctor');
    const hers = await enter(await parts({ who: diaz }), diaz);
    ended.push({ doctor: chen.card.id, organisation: northgate, issued: Number.MAX_SAFE_INTEGER });
    expect(await refusal(opened(login, factors))).toBe('denied');
    expect(await refusal(enter(brought))).toBe('denied');
    await forgetKeys(known, logins, { doctor: chen.card.id, of: null });
    ended.length = 0;
    expect(await refusal(opened(login, factors))).toBe('denied');
    expect(await refusal(enter())).toBe('missing');
    expect(await opened(hers.login, hers.factors, diaz)).toEqual(utf8('a node key'));
  });

  test('forgets what was issued before, and keeps what was issued after and for others', async () => {
    const { login, factors } = await enter(await parts());
    await forgetKeys(known, logins, { doctor: chen.card.id, of: { organisation: systemRandom(16), before: begin + 1 } });
    await forgetKeys(known, logins, { doctor: chen.card.id, of: { organisation: northgate, before: begin } });
    expect(await opened(login, factors)).toEqual(utf8('a node key'));
    await forgetKeys(known, logins, { doctor: chen.card.id, of: { organisation: northgate, before: begin + 1 } });
    expect(await refusal(opened(login, factors))).toBe('denied');
    expect(await refusal(enter())).toBe('missing');
  });

  test('keeps eight logins of a doctor, the newest', async () => {
    const first = await enter(await parts());
    const others = [];
    for (let i = 0; i < 8; i++) others.push(await enter());
    expect(await refusal(opened(first.login, first.factors))).toBe('denied');
    for (const { login, factors } of [others[0]!, others[7]!]) expect(await opened(login, factors)).toEqual(utf8('a node key'));
  });
});
