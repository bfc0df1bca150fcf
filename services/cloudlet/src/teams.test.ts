/**
 * A mediator and teams: of whoever asks it judges by itself, at that moment, whether she is a member. No cloud is asked here, so one
 * that lies changes nothing.
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { type Card, decodeCard, encodeCard, vouch } from '@carelet/crypto/cards/card';
import { type Entitlement, issueEntitlement } from '@carelet/crypto/cards/entitlement';
import { signManifest } from '@carelet/crypto/cards/manifest';
import { type CardSecrets, newCard, newTeamCard } from '@carelet/crypto/cards/owner';
import { signNotice, type TeamNotice } from '@carelet/crypto/cards/team';
import { newHalf } from '@carelet/crypto/pre/reader';
import { signDeed } from '@carelet/crypto/records/chart';
import { hashOfLimits, type Limits, signLimits } from '@carelet/crypto/records/limits';
import type { KnownCaller } from '@carelet/ground/login';
import { secrets } from '@carelet/ground/secrets';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deniedIn, type SaidLimits, saidLimitsIn } from './limits.ts';
import * as mathematics from './mathematics.ts';
import { type Factors, factorsIn, mediator } from './mediator.ts';
import type { Organisation } from './organisation.ts';

const now = 1_795_176_000;
const year = 365 * 86_400;

type Person = { readonly card: Card; readonly secrets: CardSecrets };
const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
const manifest = signManifest({ town: 'a town', serial: 1, issuers: issuers.map((key) => key.public), domains: [] }, issuers.slice(0, 2));
const person = (kind: Card['kind']): Person => newCard(kind, now + year);
const vouched = ({ card, ...rest }: Person): Person => ({
  ...rest,
  card: [0, 1].reduce((one, i) => vouch(one, i, issuers[i]!.secret), card),
});
const [northgate, harbour, hospital] = [vouched(person('organisation')), vouched(person('organisation')), person('organisation')];
const teamOf = (by: Person): Person => {
  const { card, secrets: own } = newTeamCard(systemRandom(32), now + year);
  return { secrets: own, card: vouch(card, by.card.id, by.secrets.edSk) };
};

describe('a mediator of a grant to a team', () => {
  const ada = person('patient');
  const ward = teamOf(northgate);
  const domain = systemRandom(16);
  const pat = systemRandom(16);
  const deed = signDeed(hospital.secrets.edSk, { pat, writer: hospital.card.id, owner: ada.card.id });
  let clock = now;
  let today: Bytes;
  let meanwhile: () => Promise<unknown>;
  let ended: (key: { doctor: Bytes; issued: number }) => 'denied' | 'conflict' | 'unavailable' | null;
  let known: Map<string, Card>;
  let factors: Factors;
  let grant: Bytes;
  let said: SaidLimits;
  let delegate: Bytes;
  let chen: Person;

  const as = (who: Person | null) => {
    const caller: KnownCaller | null = who && { id: who.card.id, kind: who.card.kind, card: who.card };
    return mediator(
      {
        ...{ factors, now: () => clock },
        mathematics: {
          ...mathematics,
          async applyFactor(...given) {
            await meanwhile();
            return mathematics.applyFactor(...given);
          },
        },
        receipts: { leave: async () => {} },
        given: { take: () => {} },
        denied: deniedIn(said, () => clock),
        organisation: async () => ({ card: harbour.card, edSk: harbour.secrets.edSk }) as Organisation,
        cards: {
          present: async (bytes) => void known.set(hex(decodeCard(bytes)!.id), decodeCard(bytes)!),
          // The hospital that writes is known everywhere here; of others it is told.
          byId: async (ids) => ids.flatMap((id) => (equalPublic(id, hospital.card.id) ? hospital.card : (known.get(hex(id)) ?? []))),
        },
        endedKeys: {
          async refuse(key, op) {
            const kind = ended(key);
            if (kind) throw new CareletError(kind, op, { because: 'of something of its own' });
          },
          take: async () => {},
          hear: async () => {},
        },
        domains: {
          isToday: async (_, id) => equalPublic(id, today),
          kindOf: async () => 'domain',
          take: async () => {},
          ready: async () => {},
          hear: async () => {},
        },
        town: { manifest: async () => manifest, refresh: async () => manifest, take: async () => manifest },
      },
      caller,
    );
  };
  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => 'ok',
      (thrown: unknown) => (thrown instanceof CareletError ? `${thrown.kind}: ${thrown.because}` : String(thrown)),
    );
  const asked = (more = {}) => ({
    ...{
      grant,
      pat,
      chart: { writer: encodeCard(hospital.card), deed },
      delegate,
      doctor: encodeCard(ward.card),
      organisation: encodeCard(northgate.card),
    },
    ...{ notAfter: now + 1000, ...more },
  });
  const notice = (more: Partial<TeamNotice> = {}, by = northgate): Bytes =>
    signNotice(by.secrets.edSk, {
      ...{ team: ward.card.id, organisation: northgate.card.id, domain, follows: null, issued: now },
      ...{ labels: ['l:cardio', 'l:hospital'], ...more },
    });
  const entitled = (more: Partial<Entitlement> = {}, by = [0, 1]): Bytes =>
    issueEntitlement(
      { doctor: chen.card.id, organisation: northgate.card.id, formula: 'l:hospital', issued: now, notAfter: now + 500, ...more },
      by.map((i) => issuers[i]!),
    );
  const reads = (membership?: { entitlement: Bytes; notice: Bytes }, who: Person | null = chen) =>
    outcome(as(who).mediate({ grant, turned: [new Uint8Array(576)], ...(membership && { membership }) }));
  const shown = (more: Partial<{ entitlement: Bytes; notice: Bytes }> = {}) => ({ entitlement: entitled(), notice: notice(), ...more });

  beforeAll(async () => {
    delegate = newHalf(await loadGroup('mcl'), { id: ward.card.id, edSk: ward.secrets.edSk }).delegate;
  });
  beforeEach(async () => {
    [clock, today, known] = [now, domain, new Map()];
    ended = () => null;
    meanwhile = async () => {};
    factors = await factorsIn(temporaryFolder(), secrets(systemRandom(32)));
    said = await saidLimitsIn(temporaryFolder(), secrets(systemRandom(32)));
    [grant, chen] = [systemRandom(16), person('doctor')];
    await as(ada).factor(asked());
  });

  test('gives a factor for a team that its organisation vouches for, and for no other', async () => {
    const [strange, unvouched] = [teamOf(harbour), { ...ward, card: { ...ward.card, vouchers: [] } }];
    const of = async ({ card, secrets: own }: Person) => newHalf(await loadGroup('mcl'), { id: card.id, edSk: own.edSk }).delegate;
    const fresh = (more: object) => outcome(as(ada).factor(asked({ grant: systemRandom(16), ...more })));
    expect(await fresh({})).toBe('ok');
    known.clear();
    expect(await fresh({ organisation: undefined })).toMatch(/^invalid: no organisation/);
    expect(await fresh({ organisation: encodeCard(harbour.card) })).toMatch(/^invalid/);
    known.clear();
    expect(await fresh({ doctor: encodeCard(strange.card), delegate: await of(strange) })).toMatch(/^invalid/);
    expect(await fresh({ doctor: encodeCard(unvouched.card) })).toMatch(/^invalid/);
    const forged = { ...ward.card, vouchers: [{ by: northgate.card.id, signature: new Uint8Array(64) }] };
    expect(await fresh({ doctor: encodeCard(forged) })).toMatch(/^invalid/);
    clock = now + year;
    expect(await fresh({ notAfter: clock + 1000 })).toMatch(/^invalid/);
  });

  test('applies it for each member, who stays herself, also after a restart', async () => {
    expect(await reads(shown())).toBe('ok');
    const diaz = person('doctor');
    const hers = shown({ entitlement: entitled({ doctor: diaz.card.id, formula: 'l:cardio and l:hospital' }) });
    expect(await reads(hers, diaz)).toBe('ok');
  });

  test('refuses everybody else, and all alike', async () => {
    const never = await outcome(as(chen).mediate({ grant: systemRandom(16), turned: [new Uint8Array(576)], membership: shown() }));
    expect(never).toMatch(/^denied/);
    const ivy = person('doctor');
    const answers: Record<string, string> = {
      'who shows nothing': await reads(),
      'a stranger': await reads(shown(), null),
      'another’s entitlement': await reads(shown(), ivy),
      'a patient': await reads(shown({ entitlement: entitled({ doctor: ada.card.id }) }), ada),
      // Whoever was a member has the team's own keys.
      'the team itself': await reads(shown({ entitlement: entitled({ doctor: ward.card.id }) }), ward),
      'the team, showing nothing': await reads(undefined, ward),
      'one issuer’s word': await reads(shown({ entitlement: entitled({}, [0]) })),
      'what has ended': await reads(shown({ entitlement: entitled({ notAfter: now }) })),
      'a narrower policy': await reads(shown({ entitlement: entitled({ formula: 'l:hospital and l:lungs' }) })),
      'another organisation’s doctor': await reads(shown({ entitlement: entitled({ organisation: harbour.card.id }) })),
      'a notice of another organisation': await reads(
        shown({
          entitlement: entitled({ organisation: harbour.card.id }),
          notice: notice({ organisation: harbour.card.id }, harbour),
        }),
      ),
      'a notice signed by another': await reads(shown({ notice: notice({}, harbour) })),
      'a notice of another team': await reads(shown({ notice: notice({ team: systemRandom(16) }) })),
      'labels of a domain that was retired': await reads(shown({ notice: notice({ domain: systemRandom(16) }) })),
      'a changed byte': await reads(shown({ notice: notice().map((byte, i) => (i === 40 ? byte ^ 1 : byte)) })),
    };
    for (const [who, answer] of Object.entries(answers)) expect(answer, who).toBe(never);
    today = systemRandom(16);
    expect(await reads(shown()), 'after the domain was retired').toBe(never);
    today = domain;
    clock = now + 1000;
    expect(await reads(shown({ entitlement: entitled({ notAfter: now + year }) })), 'after the grant').toBe(never);
  });

  test('refuses a member whose key was ended or narrowed, at once and as everybody else, and serves nobody as long as it cannot know', async () => {
    expect(await reads(shown())).toBe('ok');
    const never = await reads();
    ended = ({ doctor }) => (equalPublic(doctor, chen.card.id) ? 'denied' : null);
    expect(await reads(shown())).toBe(never);
    ended = ({ issued }) => (issued < now + 1 ? 'conflict' : null);
    expect(await reads(shown())).toBe(never);
    expect(await reads(shown({ entitlement: entitled({ issued: now + 1 }) }))).toBe('ok');
    ended = () => 'unavailable';
    expect(await reads(shown())).toMatch(/^unavailable/);
  });

  test('hands out nothing of what waits while a member’s key ends', async () => {
    const never = await reads();
    meanwhile = async () => {
      ended = () => 'denied';
    };
    expect(await reads(shown())).toBe(never);
  });

  describe('whom the patient denies', () => {
    const limits = (more: Partial<Limits> = {}, by = ada): Bytes =>
      signLimits(by.secrets.edSk, { pat, seq: 1, byName: false, denied: [chen.card.id], time: now, prevHash: new Uint8Array(32), ...more });
    const says = (state: Bytes, who = ada, of = grant) => outcome(as(who).limits({ grant: of, state }));

    test('is refused as one who is no member, from the answer on, and another reads on', async () => {
      const diaz = person('doctor');
      const hers = shown({ entitlement: entitled({ doctor: diaz.card.id }) });
      expect(await reads(shown())).toBe('ok');
      const never = await reads();
      expect(await says(limits())).toBe('ok');
      expect(await reads(shown())).toBe(never);
      expect(await reads(hers, diaz)).toBe('ok');
      // Said again it holds as before; an older word, one beside it, or another's changes nothing.
      expect(await says(limits())).toBe('ok');
      const second = limits({ seq: 2, denied: [], prevHash: hashOfLimits(limits()) });
      for (const state of [limits({ denied: [] }), limits({ seq: 2, denied: [] }, chen), limits({ pat: systemRandom(16), seq: 9 })]) {
        expect(await says(state)).toMatch(/^conflict/);
      }
      expect(await reads(shown())).toBe(never);
      expect(await says(second)).toBe('ok');
      expect(await reads(shown())).toBe('ok');
      expect(await says(limits())).toMatch(/^conflict/);
    });

    test('is who her newest word says, also where she said two of one number: the one told first, and then the next', async () => {
      const never = await reads();
      const [first, beside] = [limits(), limits({ denied: [], byName: true })];
      expect(await says(first)).toBe('ok');
      const [second, besideSecond] = [
        { seq: 2, prevHash: hashOfLimits(first) },
        { seq: 2, prevHash: hashOfLimits(beside), denied: [] },
      ];
      expect(await says(limits(second))).toBe('ok');
      expect(await says(beside)).toMatch(/^conflict/);
      expect(await says(limits(besideSecond))).toMatch(/^conflict/);
      expect(await reads(shown())).toBe(never);
      const third = limits({ seq: 3, prevHash: hashOfLimits(limits(besideSecond)), denied: [] });
      expect(await says(third)).toBe('ok');
      expect(await reads(shown())).toBe('ok');
      // Never back, on neither of the two ways.
      for (const state of [first, limits(second), limits({ seq: 3, prevHash: hashOfLimits(limits(second)) })]) {
        expect(await says(state)).toMatch(/^conflict/);
      }
      expect(await reads(shown())).toBe('ok');
    });

    test('is refused also where her request waits meanwhile', async () => {
      const never = await reads();
      meanwhile = () => says(limits());
      expect(await reads(shown())).toBe(never);
    });

    test('is refused also where the grant is made while it stands', async () => {
      const [other, never] = [systemRandom(16), await reads()];
      await as(ada).factor(asked({ grant: other, limits: limits() }));
      const membership = shown();
      expect(await outcome(as(chen).mediate({ grant: other, turned: [new Uint8Array(576)], membership }))).toBe(never);
      // It is of the chart, by whichever grant.
      expect(await reads(shown())).toBe(never);
      expect(await outcome(as(ada).factor(asked({ grant: systemRandom(16), limits: limits({}, chen) })))).toMatch(/^conflict/);
    });

    test('is said by nobody but her whose grant it is', async () => {
      const ivy = person('patient');
      const never = await says(limits({}, ivy), ivy, systemRandom(16));
      expect(never).toMatch(/^denied/);
      expect(await says(limits({}, ivy), ivy)).toBe(never);
      expect(await says(limits(), chen)).toBe(never);
      expect(await says(limits({}, ivy))).toMatch(/^conflict/);
      expect(await reads(shown())).toBe('ok');
    });
  });

  test('keeps whose team it is beside the factor, and a grant to a person asks for no membership', async () => {
    expect((await factors.get(grant))?.organisation).toEqual(northgate.card.id);
    const own = systemRandom(16);
    const half = newHalf(await loadGroup('mcl'), { id: chen.card.id, edSk: chen.secrets.edSk }).delegate;
    await as(ada).factor({ ...asked({ grant: own, delegate: half, doctor: encodeCard(chen.card) }) });
    expect(await outcome(as(chen).mediate({ grant: own, turned: [new Uint8Array(576)] }))).toBe('ok');
    expect((await factors.get(own))?.organisation).toBeUndefined();
  });
});
