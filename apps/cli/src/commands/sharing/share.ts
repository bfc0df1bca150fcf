/**
 * `carelet share`: a patient lets a doctor read, by name.
 *
 * @module
 */
import { CareletError, kinds, sensitivities } from '@carelet/care/model';
import { addDays, dayOf, longestGrant } from '@carelet/care/rules/records/calendar';
import { type Consent, checkConsent, consentInWords, usualConsent } from '@carelet/care/rules/sharing/consent';
import type { RequestRef } from '@carelet/client/sharing/requests';
import { share } from '@carelet/client/sharing/share';
import { mathematicsInThreads } from '@carelet/client/threads';
import { cloudletOf, cloudletsFor } from '../../cloudlets.ts';
import { command, common, oneOf } from '../../command.ts';
import type { Io } from '../../io.ts';
import { enter, type Person } from '../../person.ts';
import { promisesKept } from '../../receipts.ts';
import { agreed, count, plainText, progress, say } from '../../terminal.ts';
import { doctorCalled } from './who.ts';

const op = 'share records';
/** What one shares unless told: everything but administration. */
export const usualKinds = kinds.filter((kind) => !['devices', 'billing', 'identity', 'directory'].includes(kind));
export const usualDays = 90;

export const shareCommand = command({
  name: 'share',
  group: 'sharing',
  summary: 'let a doctor read, until you take it back or it ends',
  options: {
    ...common.as('the patient'),
    with: { type: 'text', value: 'doctor', says: 'her name, or the beginning of her number', required: true },
    what: {
      type: 'text',
      value: 'kinds',
      says: `kinds of records, separated by commas: ${kinds.join(', ')} (usual: all that are about health)`,
    },
    sensitive: { type: 'text', value: 'groups', says: `especially sensitive ones too: ${sensitivities.slice(1).join(', ')}` },
    from: { type: 'text', value: 'day', says: 'records from this day on, 2026-01-31 (usual: from the beginning)' },
    until: {
      type: 'text',
      value: 'day',
      says: `the last day on which she may read (usual: in ${usualDays} days; at most ${longestGrant})`,
    },
    through: { type: 'text', value: 'clinic', says: 'whose cloudlet mediates (usual: the first of the town)' },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: 'She needs no key of yours and you none of hers: cloud and mediator each hold a part, and either forgetting it ends the grant. Compare her fingerprint with her. Sensitive records are never shared unless you name them.',
  examples: [
    'carelet share --as ada --with "Dr Chen"',
    'carelet share --as ada --with "Dr Diaz" --what vital-signs,waveforms --until 2026-12-31',
  ],
  async run({ options, io }) {
    const today = dayOf(io.clock());
    const consent: Consent = {
      ...usualConsent,
      kinds: options.what === undefined ? usualKinds : oneOf('what', options.what, kinds),
      sensitivity: ['none', ...(options.sensitive === undefined ? [] : oneOf('sensitive', options.sensitive, sensitivities.slice(1)))],
      from: options.from ?? 'beginning',
      until: options.until ?? addDays(today, usualDays),
    };
    checkConsent(consent, today);
    await using person = await enter(io, options, { op, kinds: ['patient'], writes: true });
    const doctor = await doctorCalled(person.authority, options.with);
    return letRead(io, person, { doctor, consent, through: options.through, yes: options.yes === true });
  },
});

type Letting = {
  readonly doctor: Awaited<ReturnType<typeof doctorCalled>>;
  readonly consent: Consent;
  readonly through?: string | undefined;
  readonly yes: boolean;
  /** The request that is granted so. */
  readonly answering?: RequestRef;
};

/** Shows what is about to be shared, asks, and shares; gives the exit code. */
export async function letRead(io: Io, person: Person, { doctor, consent, through, yes, answering }: Letting): Promise<number> {
  const { keyring, cloud, save, town } = person;
  const clinic = through === undefined ? town.cloudlets[0] : cloudletOf(town, through);
  const mediator = keyring.manifest.domains.find(({ name }) => name === clinic?.organisation)?.organisation;
  if (!mediator) throw new CareletError('missing', op, { because: 'this town has no cloudlet that could mediate' });

  say(io, `${plainText(doctor.name)}, ${plainText(doctor.specialty)}, ${plainText(doctor.organisation)}`);
  say(io, `  fingerprint ${doctor.fingerprint}`);
  say(io, `  may read    ${consentInWords(consent)}`);
  say(io, `  through     ${clinic!.organisation}`);
  if (!yes && !(await agreed(io, 'Is this what you want?'))) {
    say(io, 'Nothing was shared.');
    return 1;
  }
  await using mathematics = mathematicsInThreads();
  await using line = progress(io, 'keys made');
  line.first('asking the mediator');
  const wanted = { doctor: doctor.doctor, doctorName: doctor.name, consent, mediator, progress: (done: number) => line.at(done) };
  const given = await share(
    { keyring, save, cloud, mathematics, cloudletOf: cloudletsFor(town, keyring, io.clock), clock: io.clock },
    { ...wanted, ...(answering && { answering }) },
  );
  say(io, `Shared: ${count(given.length, 'chart')}. Take it back with: carelet unshare "${plainText(doctor.name)}" --as ${keyring.name}`);
  return (await promisesKept(person, io)) ? 0 : 1;
}
