/**
 * Random worlds: whatever is written, shared, taken back and let pass in whatever order, what opens to each doctor is what a plain
 * sentence says, no record more and none less.
 */
import type { Json, Kind, Sensitivity } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { fromFhirConsent, usualConsent } from '@carelet/care/rules/sharing/consent';
import type { GivenGrant, Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { renewConsents } from '@carelet/client/sharing/renew';
import { type SharingOptions, share, unshare } from '@carelet/client/sharing/share';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hivTest, openStage, type Place, patient, pulse, result, type Stage } from './fixture.testing.ts';

/** So many worlds unless told, with some fifty decisions each: `CARELET_WORLDS=200 npm run test:slow -- --only-slow testbed/src/worlds`. */
const worlds = Number(process.env.CARELET_WORLDS ?? 20);

const roleFrom = '2026-10-01';
const doctorNames = ['by consent', 'by consent too', 'by role'] as const;
type DoctorName = (typeof doctorNames)[number];

let stage: Stage;
let northgate: Place;
let harbour: Place;
let doctors: Record<DoctorName, Keyring>;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  const elsewhere = { at: harbour, parts: ['MI'], kinds: ['immunizations'] } as const;
  doctors = {
    'by consent': await stage.doctor('Dr Diaz', elsewhere),
    'by consent too': await stage.doctor('Dr Osei', elsewhere),
    'by role': await stage.doctor('Dr Chen', { at: northgate, parts: ['MI'], kinds: ['laboratory'], from: roleFrom }),
  };
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

type Written = {
  readonly kind: 'vital-signs' | 'laboratory';
  readonly sens: Extract<Sensitivity, 'none' | 'HIV'>;
  /** `YYYY-MM-DD`, or none. */
  readonly day: string | null;
};
type Shared = {
  readonly doctor: DoctorName;
  readonly kinds: readonly Kind[];
  readonly sensitive: boolean;
  readonly from: string;
  readonly until: string;
};
type Event =
  | { readonly what: 'write'; readonly records: readonly (Omit<Written, 'day'> & { readonly ago: number | null })[] }
  | ({ readonly what: 'share'; readonly since: number | null; readonly days: number } & Omit<Shared, 'from' | 'until'>)
  | { readonly what: 'take back'; readonly which: number }
  | { readonly what: 'a day passes' | 'she signs in' };

const ago = fc.constantFrom(null, 4_500, 700, 320, 260, 48, 20, 1, 0);
const written = fc.oneof(
  fc.record({ kind: fc.constant('vital-signs' as const), sens: fc.constant('none' as const), ago }),
  fc.record({ kind: fc.constant('laboratory' as const), sens: fc.constantFrom('none' as const, 'HIV' as const), ago }),
);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant('write' as const), records: fc.array(written, { minLength: 1, maxLength: 3 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('share' as const),
      doctor: fc.constantFrom(...doctorNames),
      kinds: fc.subarray<Kind>(['vital-signs', 'laboratory'], { minLength: 1 }),
      sensitive: fc.boolean(),
      since: fc.constantFrom(null, 300, 30, 0),
      days: fc.constantFrom(0, 1, 30),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('take back' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('a day passes' as const, 'she signs in' as const) }) },
);

/** What is known of a world in plain words. */
type Known = {
  readonly records: (Written & { readonly id: string })[];
  readonly grants: (Shared & { holds: boolean })[];
};

/** The sentence: by her role a doctor reads ordinary laboratory of that day and later; by consent what was meant, until it ends. */
const mayRead = (doctor: DoctorName, { kind, sens, day: of }: Written, { grants }: Known, today: string): boolean =>
  (doctor === 'by role' && kind === 'laboratory' && sens === 'none' && (of === null || of >= roleFrom)) ||
  grants.some(
    (one) =>
      one.holds &&
      one.doctor === doctor &&
      one.until >= today &&
      one.kinds.includes(kind) &&
      (sens === 'none' || one.sensitive) &&
      (of === null || ((one.from === 'beginning' || of >= one.from) && of <= one.until)),
  );

const resourceOf = (reference: string, { kind, sens, day: of, id }: Written & { id: string }): Json =>
  kind === 'vital-signs'
    ? pulse(reference, id, of ?? undefined)
    : result(reference, id, of ?? undefined, sens === 'HIV' ? hivTest : undefined);

/** A grant as a world tells it. */
function wordsOf({ consent, doctor }: GivenGrant): string {
  const { kinds, sensitivity, from, until } = fromFhirConsent(JSON.parse(consent))!;
  const name = doctorNames.find((one) => equalPublic(doctors[one].card.id, doctor));
  return [name, until, kinds, sensitivity.includes('HIV'), from].join('|');
}

let made = 0;
let decisions = 0;

test(`in ${worlds} random worlds, what opens is what was said`, { timeout: 60_000 + worlds * 10_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 9 }), async (events) => {
      const reference = `world-${++made}`;
      const ada = stage.patient(reference);
      const known: Known = { records: [], grants: [] };
      const options: SharingOptions = {
        keyring: ada,
        save: async () => {},
        cloud: stage.cloudAs(ada),
        mathematics: mathematicsHere,
        cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
        clock: stage.clock,
      };
      await stage.take(northgate, [patient(reference)]);
      const chart = northgate.keyring.charts.find(({ references }) => references.includes(`urn:uuid:${reference}`))!;
      await stage.link(northgate, chart, ada);
      for (const doctor of Object.values(doctors)) doctor.opened = {};
      for (const one of events) {
        await happens(one);
        // Patients come and go, and what passes is a matter of seconds.
        stage.clock.to(new Date(stage.clock() + 1000).toISOString());
        for (const name of doctorNames) {
          const expected = known.records.filter((record) => mayRead(name, record, known, dayOf(stage.clock()))).map(({ id }) => id);
          decisions += known.records.length;
          expect((await stage.open(doctors[name], { pat: chart.pat })).ids, `${name}, after: ${one.what}`).toEqual(expected.sort());
        }
      }

      async function happens(one: Event): Promise<void> {
        const today = dayOf(stage.clock());
        switch (one.what) {
          case 'write': {
            const fresh = one.records.map(({ ago: days, ...record }, i) => ({
              ...record,
              day: days === null ? null : addDays(today, -days),
              id: `r${known.records.length + i}`,
            }));
            known.records.push(...fresh);
            await stage.take(
              northgate,
              fresh.map((record) => resourceOf(reference, record)),
            );
            return;
          }
          case 'share': {
            const [from, until] = [one.since === null ? 'beginning' : addDays(today, -one.since), addDays(today, one.days)];
            const sensitivity = one.sensitive ? (['none', 'HIV'] as const) : (['none'] as const);
            const consent = { ...usualConsent, kinds: one.kinds, sensitivity, from, until };
            const { card, title } = doctors[one.doctor];
            await share(options, { doctor: card.id, doctorName: title, consent, mediator: harbour.keyring.card.id });
            known.grants.push({ ...one, from, until, holds: true });
            return;
          }
          case 'take back': {
            const held = known.grants.filter(({ holds, until }) => holds && until >= today);
            const chosen = held[one.which % Math.max(1, held.length)];
            if (!chosen) return;
            chosen.holds = false;
            // By then it may be another of the same words, made anew since something else was taken back.
            const words = [chosen.doctor, chosen.until, chosen.kinds, chosen.sensitive, chosen.from].join('|');
            const now = ada.sharing.grants.find((one) => one.holds.cloud && one.holds.mediator && wordsOf(one) === words);
            await unshare(options, now!.grant);
            await renewConsents(options);
            return;
          }
          case 'a day passes':
            stage.clock.to(new Date(stage.clock() + 86_400_000).toISOString());
            return;
          case 'she signs in':
            await renewConsents(options);
        }
      }
    }),
    { numRuns: worlds, interruptAfterTimeLimit: 50_000 + worlds * 10_000 },
  );
  console.log(`${made} worlds, ${decisions} decisions`);
});
