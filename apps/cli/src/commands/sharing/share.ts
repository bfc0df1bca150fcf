/**
 * `carelet share`: a patient lets a doctor read, by name.
 *
 * @module
 */
import { CareletError, kinds, sensitivities } from '@carelet/care/model';
import { addDays, dayOf, longestGrant } from '@carelet/care/rules/records/calendar';
import { type Consent, checkConsent, consentInWords, usualConsent } from '@carelet/care/rules/sharing/consent';
import { share } from '@carelet/client/sharing/share';
import { mathematicsInThreads } from '@carelet/client/threads';
import { cloudletOf, cloudletsFor } from '../../cloudlets.ts';
import { command, common, oneOf } from '../../command.ts';
import { enter } from '../../person.ts';
import { agreed, count, plainText, progress, say } from '../../terminal.ts';
import { doctorCalled } from './who.ts';

const op = 'share records';
/** What one shares unless told: everything but administration. */
const usualKinds = kinds.filter((kind) => !['devices', 'billing', 'identity', 'directory'].includes(kind));
const usualDays = 90;

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
    const { keyring, cloud, save, town, authority } = person;
    const doctor = await doctorCalled(authority, options.with);
    const clinic = options.through === undefined ? town.cloudlets[0] : cloudletOf(town, options.through);
    const mediator = keyring.manifest.domains.find(({ name }) => name === clinic?.organisation)?.organisation;
    if (!mediator) throw new CareletError('missing', op, { because: 'this town has no cloudlet that could mediate' });

    say(io, `${plainText(doctor.name)}, ${plainText(doctor.specialty)}, ${plainText(doctor.organisation)}`);
    say(io, `  fingerprint ${doctor.fingerprint}`);
    say(io, `  may read    ${consentInWords(consent)}`);
    say(io, `  through     ${clinic!.organisation}`);
    if (!options.yes && !(await agreed(io, 'Is this what you want?'))) {
      say(io, 'Nothing was shared.');
      return 1;
    }
    await using mathematics = mathematicsInThreads();
    await using line = progress(io, 'keys made');
    line.first('asking the mediator');
    const given = await share(
      { keyring, save, cloud, mathematics, cloudletOf: cloudletsFor(town, keyring, io.clock), clock: io.clock },
      { doctor: doctor.doctor, doctorName: doctor.name, consent, mediator, progress: (done) => line.at(done) },
    );
    say(io, `Shared: ${count(given.length, 'chart')}. Take it back with: carelet unshare "${plainText(doctor.name)}" --as ${keyring.name}`);
    return 0;
  },
});
