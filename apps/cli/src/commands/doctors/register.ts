/**
 * `carelet doctors register`: a doctor says who she is, and waits.
 *
 * @module
 */
import { register } from '@carelet/client/enrolment';
import { fingerprint } from '@carelet/crypto/cards/card';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { say } from '../../terminal.ts';

export const doctorsRegister = command({
  name: 'doctors register',
  group: 'doctors and their keys',
  summary: 'register as a doctor, and wait for two administrators',
  options: {
    ...common.as('the doctor'),
    certificate: { type: 'text', value: 'number', says: 'the number of the medical certificate', required: true },
    specialty: { type: 'text', value: 'word', says: 'as in cardiology', required: true },
    organisation: { type: 'text', value: 'name', says: 'where you work', required: true },
    ...common.town,
    ...common.keyrings,
  },
  more: 'Two administrators of different organisations compare your fingerprint with you and say what your key may open. Until then there is no key.',
  examples: ['carelet doctors register --as dr-chen --certificate "C 31 877" --specialty cardiology --organisation "Northgate Hospital"'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'register', kinds: ['doctor'] });
    const { certificate, specialty, organisation } = options;
    const state = await register(person.authority, person.keyring, { certificate, specialty, organisation });
    await person.keep();
    say(io, `${person.keyring.title} is registered: ${stateInWords(state)}.`);
    say(io, `Fingerprint to compare with the administrators: ${fingerprint(person.keyring.card)}`);
    say(io, `Ask for your keys with: carelet keys take --as ${options.as}`);
    return 0;
  },
});

/** How a doctor stands. */
export const stateInWords = (state: string): string => (state === 'pending' ? 'waiting for approval' : state);
