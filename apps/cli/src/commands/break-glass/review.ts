/**
 * `carelet break-glass review`: the hospital says afterwards whether it was justified.
 *
 * @module
 */
import { brokenGlasses, reviewBreakGlass } from '@carelet/client/sharing/break-glass';
import { verdicts } from '@carelet/crypto/ma-kp-abe/break-glass';
import { command, common, UsageError } from '../../command.ts';
import { enter } from '../../person.ts';
import { say } from '../../terminal.ts';
import { brokenCalled, byOffice } from './list.ts';

const op = 'review a broken glass';

export const breakGlassReview = command({
  name: 'break-glass review',
  group: 'sharing',
  summary: 'the hospital says whether breaking the glass was justified',
  takes: [{ name: 'number', says: 'the beginning of its number, as "break-glass list" shows' }],
  options: {
    ...common.as('the hospital that wrote the chart, or its administrator'),
    verdict: { type: 'text', value: 'word', says: verdicts.join(' or '), required: true },
    ...common.town,
    ...common.keyrings,
  },
  more: 'The patient and the doctor are told. It can be said anew; the last word counts.',
  examples: ['carelet break-glass review 8c1f… --as northgate --verdict justified'],
  async run({ options, given: [number], io }) {
    const verdict = verdicts.find((one) => one === options.verdict);
    if (!verdict) throw new UsageError(`--verdict: "${options.verdict}" is neither ${verdicts.join(' nor ')}.`);
    await using person = await enter(io, options, { op, kinds: ['organisation', 'administrator'] });
    const { keyring, cloud } = person;
    const asking = { keyring, cloud, clock: io.clock, ...(await byOffice(person)) };
    await reviewBreakGlass(asking, brokenCalled(await brokenGlasses(asking), op, number!), verdict);
    await person.keep();
    say(io, `Said: ${verdict === 'justified' ? 'it was justified' : 'it was not justified'}. The patient and the doctor are told.`);
    return 0;
  },
});
