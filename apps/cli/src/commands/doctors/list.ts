/**
 * `carelet doctors list`: who registered, and how they stand.
 *
 * @module
 */
import { hex } from '@carelet/crypto/algebra/bytes';
import { command, common, oneOf } from '../../command.ts';
import { enter } from '../../person.ts';
import { paint, plainText, say } from '../../terminal.ts';
import { stateInWords } from './register.ts';

const states = ['pending', 'approved', 'rejected'] as const;

export const doctorsList = command({
  name: 'doctors list',
  group: 'doctors and their keys',
  summary: 'who registered, and how they stand',
  options: {
    ...common.as('an administrator'),
    state: { type: 'text', value: 'state', says: `only these: ${states.join(', ')}` },
    ...common.json,
    ...common.town,
    ...common.keyrings,
  },
  examples: ['carelet doctors list --as mara --state pending'],
  async run({ options, io }) {
    const wanted = options.state === undefined ? [...states] : oneOf('state', options.state, states);
    await using person = await enter(io, options, { op: 'list doctors', kinds: ['administrator'] });
    const { doctors } = await person.authority.enrolment.doctors({});
    await person.keep();
    const shown = doctors.filter(({ state }) => wanted.includes(state));
    if (options.json) {
      for (const { doctor, card: _, ...rest } of shown) say(io, JSON.stringify({ doctor: hex(doctor), ...rest }));
      return 0;
    }
    if (shown.length === 0) say(io, options.state === undefined ? 'No doctor has registered yet.' : `No doctor is ${options.state}.`);
    const { bold, dim } = paint(io.stdout, io.env);
    for (const [i, { doctor, name, certificate, specialty, organisation, state, fingerprint, reason, policies }] of shown.entries()) {
      if (i > 0) say(io);
      say(io, `${bold(plainText(name))} · ${stateInWords(state)} · ${dim(hex(doctor).slice(0, 8))}`);
      say(io, `  ${[specialty, organisation, `certificate ${certificate}`].map((text) => plainText(text)).join(', ')}`);
      say(io, `  fingerprint ${fingerprint}`);
      if (reason) say(io, `  turned down: ${plainText(reason)}`);
      for (const policy of policies) {
        say(
          io,
          `  at ${plainText(policy.organisation)}: ${policy.words}; signed by ${policy.approvals.map((one) => plainText(one)).join(', ')}`,
        );
      }
    }
    return 0;
  },
});
