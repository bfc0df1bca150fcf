/**
 * `carelet break-glass`: in an emergency a doctor opens what is locked to her.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { numbersOf } from '@carelet/client/keyring/numbers';
import { breakGlass, mayBreakGlass } from '@carelet/client/sharing/break-glass';
import { longestBreak, longestReason } from '@carelet/crypto/ma-kp-abe/break-glass';
import { chartsOf } from '../../charts.ts';
import { command, common, UsageError } from '../../command.ts';
import { enter } from '../../person.ts';
import { minuteOf } from '../../receipts.ts';
import { agreed, plainText, say } from '../../terminal.ts';

const op = 'break the glass';
const longest = longestBreak / 3600;

export const breakGlassCommand = command({
  name: 'break-glass',
  group: 'sharing',
  summary: 'in an emergency: open what is locked to you of a patient, for hours',
  takes: [{ name: 'patient', says: 'as "records list" shows: a FHIR id, a family name, the beginning of a pseudonym' }],
  options: {
    ...common.as('the doctor'),
    why: {
      type: 'text',
      value: 'reason',
      says: `for the patient and the hospital, in your own words, at most ${longestReason} characters`,
      required: true,
    },
    hours: { type: 'text', value: 'number', says: `how long it stays open (usual and at most: ${longest})` },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: `The patient and the hospital are told at once who you are, when, and why; the log keeps it for good, and the hospital says afterwards whether it was justified. What is especially sensitive stays locked. When the hours are over it is closed again.`,
  examples: ['carelet break-glass marlow --as dr-diaz --why "Brought in unconscious; I have to know what she takes." --hours 2'],
  async run({ options, given: [patient], io }) {
    const hours = Number(options.hours ?? longest);
    if (!(hours > 0 && hours <= longest)) throw new UsageError(`--hours: "${options.hours}" is no number up to ${longest}.`);
    if (options.why.trim() === '') throw new UsageError('--why: say why, in a sentence.');
    await using person = await enter(io, options, { op, kinds: ['doctor'] });
    const found = await chartsOf(person, io, { op, patient: patient! });
    const charts = found.flatMap((one) => {
      const number = numbersOf(person.keyring).find((own) => mayBreakGlass(own, one.ref.writer, Math.floor(io.clock() / 1000)));
      return number ? [{ ...one, number }] : [];
    });
    const [first] = charts;
    if (!first) {
      const places = found.map(({ organisation }) => plainText(organisation)).join(', ');
      throw new CareletError('denied', op, { because: `no key of yours opens more at ${places} in an emergency; ask an administrator` });
    }
    say(io, first.head);
    say(io, `  at           ${charts.map(({ organisation }) => plainText(organisation)).join(', ')}`);
    say(io, `  for          ${hours} ${hours === 1 ? 'hour' : 'hours'}`);
    say(io, `  because      ${plainText(options.why.trim(), 500)}`);
    if (!options.yes && !(await agreed(io, 'The patient and the hospital are told at once. Is this an emergency?'))) {
      say(io, 'Nothing was opened.');
      return 1;
    }
    let until = 0;
    for (const { ref, number } of charts) {
      until = await breakGlass({ ...person.by(number), clock: io.clock }, ref, { reason: options.why, hours });
    }
    say(io, `Open until ${minuteOf(until)} UTC. Read it with: carelet records open ${plainText(patient!)} --as ${person.keyring.name}`);
    return 0;
  },
});
