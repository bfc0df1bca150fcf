/**
 * Factors lie in files of their own, sealed, and what was taken away does not come again.
 */
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { equalPublic, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type Card, encodeCard } from '@carelet/crypto/cards/card';
import { newCard } from '@carelet/crypto/cards/owner';
import { signEnd } from '@carelet/crypto/pre/grant';
import { newHalf } from '@carelet/crypto/pre/reader';
import { signDeed } from '@carelet/crypto/records/chart';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import { perHour } from '@carelet/ground/per-hour';
import { secrets } from '@carelet/ground/secrets';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { beforeAll, describe, expect, test } from 'vitest';
import { deniedIn, saidLimitsIn } from './limits.ts';
import * as mathematics from './mathematics.ts';
import { factorsIn, mediator } from './mediator.ts';
import type { Organisation } from './organisation.ts';
import type { Receipts } from './receipts.ts';

const now = 1_795_176_000;
const year = 365 * 86_400;
const key = systemRandom(32);
const kept = {
  patient: systemRandom(16),
  pat: systemRandom(16),
  doctor: systemRandom(16),
  notAfter: now + 60,
  secret: utf8('a factor of a grant'),
};

describe('a factor', () => {
  test('is found again after a restart, sealed in a file that only its owner reads', async () => {
    const folder = join(temporaryFolder(), 'factors');
    const grant = systemRandom(16);
    expect(await (await factorsIn(folder, secrets(key))).keep(grant, kept)).toBe(true);
    const again = await factorsIn(folder, secrets(key));
    expect(await again.get(grant)).toEqual(kept);
    expect(await again.keep(grant, { ...kept, notAfter: 0 })).toBe(false);
    expect(await again.get(systemRandom(16))).toBeNull();
    const file = join(folder, hex(grant));
    expect(readFileSync(file).includes('a factor of a grant')).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([hex(grant)]);
  });

  test('does not open under another key, nor in the place of another grant', async () => {
    const folder = temporaryFolder();
    const [one, other] = [systemRandom(16), systemRandom(16)];
    const factors = await factorsIn(folder, secrets(key));
    await factors.keep(one, kept);
    await expect((await factorsIn(folder, secrets(systemRandom(32)))).get(one)).rejects.toThrow(CareletError);
    copyFileSync(join(folder, hex(one)), join(folder, hex(other)));
    await expect(factors.get(other)).rejects.toThrow(CareletError);
  });

  test('is gone once it was dropped or has ended', async () => {
    const folder = temporaryFolder();
    const factors = await factorsIn(folder, secrets(key));
    const [taken, over, stays] = [systemRandom(16), systemRandom(16), systemRandom(16)];
    for (const grant of [taken, over]) await factors.keep(grant, kept);
    await factors.keep(stays, { ...kept, notAfter: now + year });
    await factors.drop(taken);
    await factors.drop(taken);
    expect(await factors.get(taken)).toBeNull();
    await factors.dropWhere(({ notAfter }) => notAfter <= now + 60);
    expect(readdirSync(folder)).toEqual([hex(stays)]);
  });

  test('is gone once it has ended, though one beside it cannot be read', async () => {
    const folder = temporaryFolder();
    const factors = await factorsIn(folder, secrets(key));
    const [over, stays] = [systemRandom(16), systemRandom(16)];
    await factors.keep(over, kept);
    await factors.keep(stays, { ...kept, notAfter: now + year });
    const damaged = '0'.repeat(32);
    copyFileSync(join(folder, hex(stays)), join(folder, damaged));
    await factors.dropWhere(({ notAfter }) => notAfter <= now + 60);
    expect(readdirSync(folder).sort()).toEqual([damaged, hex(stays)].sort());
  });

  test('that was not whole on disk when the cloudlet fell leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const grant = systemRandom(16);
    await (await factorsIn(folder, secrets(key))).keep(grant, kept);
    copyFileSync(join(folder, hex(grant)), join(folder, `${hex(systemRandom(16))}.new`));
    const again = await factorsIn(folder, secrets(key));
    expect(readdirSync(folder)).toEqual([hex(grant)]);
    expect(await again.get(grant)).toEqual(kept);
  });
});

describe('a mediator', () => {
  type Person = { card: Card; edSk: Bytes; caller: KnownCaller };
  const person = (kind: Card['kind']): Person => {
    const { card, secrets: own } = newCard(kind, now + year);
    return { card, edSk: own.edSk, caller: { id: card.id, kind, card } };
  };
  const [ada, ivy, chen, clinic] = [person('patient'), person('patient'), person('doctor'), person('organisation')];
  const hospital = person('organisation');
  const [grant, pat] = [systemRandom(16), systemRandom(16)];
  type Left = Parameters<Receipts['leave']>[0];
  const left: Left[] = [];
  let delegate: Bytes;
  let clock = now;
  let meanwhile: () => Promise<unknown> = async () => {};
  let as: (who: Person | null) => ReturnType<typeof mediator>;

  beforeAll(async () => {
    ({ delegate } = newHalf(await loadGroup('mcl'), { id: chen.card.id, edSk: chen.edSk }));
    const factors = await factorsIn(temporaryFolder(), secrets(key));
    const organisation = async () => ({ card: clinic.card, edSk: clinic.edSk }) as Organisation;
    const receipts = { leave: async (act: Left) => void left.push(act) };
    // Whether issuers vouch for a card is looked at elsewhere.
    const cards: Pick<Cards, 'present' | 'byId'> = {
      present: async () => {},
      byId: async (ids) => [hospital, ivy].flatMap(({ card }) => (ids.some((id) => equalPublic(id, card.id)) ? [card] : [])),
    };
    // Nobody here reads as a member of a team.
    const unused = () => Promise.reject(new Error('nobody should ask'));
    const endedKeys = { refuse: unused, take: unused, hear: unused };
    const domains = { isToday: unused, kindOf: unused, take: unused, ready: unused, hear: unused };
    const denied = deniedIn(await saidLimitsIn(temporaryFolder(), secrets(key)), () => clock);
    const town = { manifest: unused, refresh: unused, take: unused };
    const around = {
      factors,
      cards,
      mathematics: {
        ...mathematics,
        applyFactor: async (...given: Parameters<typeof mathematics.applyFactor>) => {
          await meanwhile();
          return mathematics.applyFactor(...given);
        },
      },
      organisation,
      endedKeys,
      domains,
      town,
      receipts,
      given: perHour(() => clock, 30),
      denied,
      now: () => clock,
    };
    as = (who) => mediator(around, who?.caller ?? null);
  });

  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'ok',
      (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
    );
  const asked = () => ({ grant, pat, delegate, doctor: encodeCard(chen.card), notAfter: now + 1000, chart: shown() });
  /** The word of a chart’s writer that it is somebody’s. */
  const shown = ({ owner = ada, of = pat, by = hospital } = {}) => ({
    writer: encodeCard(by.card),
    deed: signDeed(by.edSk, { pat: of, writer: by.card.id, owner: owner.card.id }),
  });
  const turned = async (who: Person | null) => refusal(as(who).mediate({ grant, turned: [new Uint8Array(576)] }));

  test('gives a factor to a patient, of a doctor’s own half, for a grant that has not ended and ends some day', async () => {
    expect(await refusal(as(null).factor(asked()))).toBe('denied');
    expect(await refusal(as(chen).factor(asked()))).toBe('denied');
    expect(await refusal(as(ada).factor({ ...asked(), notAfter: now }))).toBe('invalid');
    expect(await refusal(as(ada).factor({ ...asked(), notAfter: now + 2 * year }))).toBe('invalid');
    for (const other of [ivy, clinic, person('administrator')]) {
      expect(await refusal(as(ada).factor({ ...asked(), doctor: encodeCard(other.card) }))).toBe('invalid');
    }
    expect(await refusal(as(ada).factor({ ...asked(), doctor: encodeCard(person('doctor').card) }))).toBe('invalid');
    expect(await refusal(as(ada).factor(asked()))).toBe('ok');
    expect(await refusal(as(ada).factor(asked()))).toBe('conflict');
  });

  test('gives one for a carer as for a doctor, but for no organisation, no administrator, and nobody herself', async () => {
    const group = await loadGroup('mcl');
    const factorFor = (who: Person) => {
      const half = newHalf(group, { id: who.card.id, edSk: who.edSk }).delegate;
      return refusal(as(ada).factor({ ...asked(), grant: systemRandom(16), delegate: half, doctor: encodeCard(who.card) }));
    };
    expect(await factorFor(ivy)).toBe('ok');
    for (const other of [clinic, person('administrator'), person('cradle'), ada]) expect(await factorFor(other)).toBe('invalid');
  });

  test('gives one to nobody who does not show that the chart is hers, by the word of a hospital that issuers vouch for', async () => {
    left.length = 0;
    const fresh = (chart: ReturnType<typeof shown> | undefined, who = ada) =>
      refusal(as(who).factor({ ...asked(), grant: systemRandom(16), chart }));
    for (const chart of [
      undefined,
      shown({ owner: ivy }),
      shown({ of: systemRandom(16) }),
      // A hospital that nobody vouches for, and a patient who signs for herself.
      shown({ by: person('organisation') }),
      shown({ by: ivy }),
      { ...shown(), deed: new Uint8Array(64) },
    ]) {
      expect(await fresh(chart)).toBe('denied');
    }
    expect(await fresh(shown(), ivy)).toBe('denied');
    expect(left).toEqual([]);
    expect(await fresh(shown())).toBe('ok');
  });

  test('gives as many within an hour as somebody shares, and says when she may go on', async () => {
    const give = () => as(ada).factor({ ...asked(), grant: systemRandom(16) });
    let refused: unknown;
    for (let i = 0; i <= 30 && !refused; i++)
      refused = await give().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect(refused).toMatchObject({ kind: 'conflict', because: 'of grants 30 in an hour are the most; go on in 60 minutes' });
    // Those of others are counted by themselves.
    expect(await refusal(as(ivy).factor({ ...asked(), grant: systemRandom(16), chart: shown({ owner: ivy }) }))).toBe('ok');
    clock = now + 3600;
    expect(await refusal(as(ada).factor({ ...asked(), grant: systemRandom(16), notAfter: clock + 1000 }))).toBe('ok');
    clock = now;
  });

  test('applies it for the doctor of the grant and for nobody else, and says nothing of what is no element of GT', async () => {
    for (const who of [null, ada, ivy, person('doctor')]) expect(await turned(who)).toBe('denied');
    expect(await as(chen).mediate({ grant, turned: [new Uint8Array(576)] })).toEqual({ answers: [new Uint8Array()] });
    clock = now + 1000;
    expect(await turned(chen)).toBe('denied');
    clock = now;
  });

  test('writes down what it did before it answers, and nothing of what it refused', async () => {
    left.length = 0;
    for (const who of [null, ada, ivy]) expect(await turned(who)).toBe('denied');
    expect(left).toEqual([]);
    expect(await turned(chen)).toBe('ok');
    expect(left).toEqual([{ kind: 'factor', actor: chen.card.id, scope: hex(pat), receipt: undefined, turned: [new Uint8Array(576)] }]);
  });

  test('hands out nothing of what waits while it ends', async () => {
    const other = systemRandom(16);
    await as(ada).factor({ ...asked(), grant: other });
    const asks = () => refusal(as(chen).mediate({ grant: other, turned: [new Uint8Array(576)] }));
    expect(await asks()).toBe('ok');
    meanwhile = async () => {
      clock = now + 1000;
    };
    expect(await asks()).toBe('denied');
    clock = now;
    meanwhile = () => as(ada).end({ grant: other, pat, end: signEnd(ada.edSk, { grant: other, pat }) });
    expect(await asks()).toBe('denied');
    meanwhile = async () => {};
  });

  test('forgets it when its patient says so, and not when anybody else does', async () => {
    const end = (who: Person, of = pat) => refusal(as(who).end({ grant, pat: of, end: signEnd(who.edSk, { grant, pat: of }) }));
    expect(await end(ivy)).toBe('denied');
    expect(await end(chen)).toBe('denied');
    expect(await end(ada, systemRandom(16))).toBe('denied');
    expect(await refusal(as(ada).end({ grant, pat, end: new Uint8Array(64) }))).toBe('denied');
    expect(await turned(chen)).toBe('ok');
    expect(await end(ada)).toBe('ok');
    expect(await end(ada)).toBe('ok');
    expect(await turned(chen)).toBe('denied');
  });
});
