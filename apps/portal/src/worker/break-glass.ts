/**
 * Emergencies at every door: a doctor breaks the glass of a patient's charts, a patient reads who did, an administrator of the
 * organisation says whether it was justified.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type BrokenGlass, breakGlass, brokenGlasses, mayBreakGlass, reviewBreakGlass } from '@carelet/client/sharing/break-glass';
import { ownOffice } from '@carelet/client/sharing/office';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { EmergencyHere, EmergencyHouse } from '../house/break-glass.ts';
import type { Charts, PatientCharts } from './charts.ts';
import { doctorsIn } from './directory.ts';
import type { Person } from './person.ts';

export type Emergencies = EmergencyHouse & {
  /** Asks the cloud anew which glasses one has broken. */
  look(): Promise<void>;
  /** What one may open in an emergency of a patient, and until when it is open; `null` for whom that is nothing to do with. */
  of(patient: Pick<PatientCharts, 'id' | 'refs'>): EmergencyHere | null;
  /** Whether a glass that was broken when it was asked is whole again. */
  ended(): boolean;
};

/** How long a patient is told of an emergency here, in milliseconds; who looked tells of it for good. */
const told = 90 * 86_400_000;

export function emergenciesOf({
  person,
  charts,
  clock,
}: {
  readonly person: Person;
  readonly charts: () => Pick<Charts, 'listed' | 'again'>;
  readonly clock: () => number;
}): Emergencies {
  const { keyring, cloud, authority } = person;
  const asking = { keyring, cloud, clock };
  const now = () => Math.floor(clock() / 1000);
  let broken: readonly BrokenGlass[] = [];
  const placeName = (organisation: Uint8Array) =>
    keyring.manifest.domains.find((domain) => equalPublic(domain.organisation, organisation))?.name ?? hex(organisation).slice(0, 8);
  const look = async () => {
    const each = await Promise.all(
      person.byAll().map(async (by) => {
        const own = ({ word }: BrokenGlass) => equalPublic(word.doctor, by.keyring.card.id) && word.until > now();
        return by.keyring.emergencyKeys.length > 0 ? (await brokenGlasses({ ...by, clock })).filter(own) : [];
      }),
    );
    broken = each.flat();
  };
  /** As the number that may break the glass at an organisation. */
  const urgentAt = (organisation: Bytes) => person.byAll().find((by) => mayBreakGlass(by.keyring, organisation, now()));

  return {
    look: async () => {
      if (person.door === 'doctor') await look();
    },

    of({ id, refs }) {
      if (person.door !== 'doctor') return null;
      const writers = new Map(refs.map(({ writer }) => [hex(writer), writer]));
      const places = [...writers.values()].filter(urgentAt).map(placeName);
      const open = broken.filter(({ owner, word }) => owner && hex(owner) === id && word.until > now()).map(({ word }) => word.until);
      return places.length === 0 && open.length === 0 ? null : { places, until: open.length === 0 ? null : Math.max(...open) * 1000 };
    },

    ended: () => broken.some(({ word }) => word.until <= now()),

    async breakGlass(patient, { why, hours }) {
      const op = 'break the glass';
      const one = (await charts().listed()).find(({ id }) => id === patient);
      const refs = one?.refs.flatMap((ref) => {
        const by = urgentAt(ref.writer);
        return by ? [{ ref, by }] : [];
      });
      if (!refs || refs.length === 0) throw new CareletError('denied', op, { because: 'no key of yours opens more here in an emergency' });
      let until = 0;
      try {
        for (const { ref, by } of refs) until = await breakGlass({ ...by, clock }, ref, { reason: why, hours });
      } finally {
        await look().catch(() => {});
        await person.keep();
        await charts().again();
      }
      return until * 1000;
    },

    async emergencies() {
      const here = (await brokenGlasses(asking)).filter(
        ({ owner, word }) => owner && equalPublic(owner, keyring.card.id) && word.since * 1000 > clock() - told,
      );
      const doctorOf = here.length === 0 ? null : await doctorsIn(authority);
      if (here.length > 0) await person.keep();
      return here.map(({ word, reason, verdict, older }) => ({
        id: hex(word.number),
        doctor: doctorOf!(hex(word.doctor)),
        place: placeName(word.organisation),
        since: word.since * 1000,
        until: word.until * 1000,
        why: reason,
        verdict,
        older,
      }));
    },

    async reviews() {
      const office = await ownOffice(authority, keyring);
      if (!office) return { place: (await authority.enrolment.office()).organisation, emergencies: null };
      const here = await brokenGlasses({ ...asking, office });
      if (here.length > 0) await person.keep();
      const doctorOf = here.length === 0 ? null : await doctorsIn(authority);
      const emergencies = here.map(({ word, reason, verdict, older }) => ({
        id: hex(word.number),
        doctor: doctorOf!(hex(word.doctor)),
        since: word.since * 1000,
        until: word.until * 1000,
        why: reason,
        verdict,
        older,
        chart: hex(word.pat).slice(0, 8),
        parts: word.parts,
      }));
      return { place: placeName(office.organisation), emergencies: emergencies.sort((a, b) => Number(isDone(a)) - Number(isDone(b))) };
    },

    async review(id, verdict) {
      const op = 'review a broken glass';
      const office = await ownOffice(authority, keyring);
      if (!office) throw new CareletError('denied', op, { because: 'your organisation keeps no records in this town' });
      const one = (await brokenGlasses({ ...asking, office })).find(({ word }) => hex(word.number) === id);
      if (!one) throw new CareletError('missing', op, { because: 'no emergency at your organisation has this number' });
      await reviewBreakGlass({ ...asking, office }, one, verdict);
      await person.keep();
    },
  };
}

/** Whether something was said of it that counts. */
const isDone = ({ verdict }: { readonly verdict: unknown }): boolean => verdict !== null;
