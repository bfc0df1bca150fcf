/**
 * `carelet doctors register`: a doctor says who she is, and waits.
 *
 * @module
 */
import { numberToRegister, register } from '@carelet/client/enrolment';
import { hex } from '@carelet/crypto/algebra/bytes';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { plainText, say } from '../../terminal.ts';

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
  more: 'Two administrators of different organisations compare your fingerprint with you and say what your key may open. Until then there is no key. Who works at several organisations registers at each: with the same keyring, by a number of its own.',
  examples: ['carelet doctors register --as dr-chen --certificate "C 31 877" --specialty cardiology --organisation "Northgate Hospital"'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'register', kinds: ['doctor'], writes: true });
    const { certificate, specialty, organisation } = options;
    const number = numberToRegister(person.keyring, organisation);
    // Whoever registers by a number that is lost could never take its keys.
    await person.save();
    const { authority } = person.by(number);
    const state = await register(authority, number, { certificate, specialty, organisation });
    await person.save();
    const place = plainText(organisation);
    say(io, `${number.title} is registered at ${place}: ${stateInWords(state)}.`);
    if (number !== person.keyring) {
      say(
        io,
        `At ${place} you go by a number of its own, ${hex(number.card.id).slice(0, 8)}: nobody who sees numbers alone sees that you work elsewhere.`,
      );
      say(io, 'It lies in this keyring; copies of it from before do not have it.');
    }
    say(io, `Fingerprint to compare with the administrators: ${fingerprint(number.card)}`);
    say(io, `Ask for your keys with: carelet keys take --as ${options.as}`);
    return 0;
  },
});

/** How a doctor stands. */
export const stateInWords = (state: string): string => (state === 'pending' ? 'waiting for approval' : state);
