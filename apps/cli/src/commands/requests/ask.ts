/**
 * `carelet ask`: a doctor asks a patient to let her read.
 *
 * @module
 */
import { kinds } from '@carelet/care/model';
import { addDays, dayOf, longestGrant } from '@carelet/care/rules/records/calendar';
import { checkWish, longestWhy, requestDays, sensitiveGroups, wishInWords } from '@carelet/care/rules/sharing/requests';
import { askAccess } from '@carelet/client/sharing/requests';
import { chartsOf } from '../../charts.ts';
import { command, common, oneOf } from '../../command.ts';
import { enter } from '../../person.ts';
import { agreed, say } from '../../terminal.ts';
import { usualDays } from '../sharing/share.ts';

const op = 'ask for access';

export const ask = command({
  name: 'ask',
  group: 'sharing',
  summary: 'ask a patient to let you read what is locked to you',
  takes: [{ name: 'patient', says: 'as "records list" shows: a FHIR id, a family name, the beginning of a pseudonym' }],
  options: {
    ...common.as('the doctor'),
    what: { type: 'text', value: 'kinds', says: `kinds of records, separated by commas: ${kinds.join(', ')}`, required: true },
    why: { type: 'text', value: 'reason', says: `for the patient, in your own words, at most ${longestWhy} characters`, required: true },
    sensitive: { type: 'text', value: 'groups', says: `especially sensitive ones too: ${sensitiveGroups.join(', ')}` },
    until: {
      type: 'text',
      value: 'day',
      says: `the last day on which you would read (usual: in ${usualDays} days; at most ${longestGrant})`,
    },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: `You ask by a chart of which something opens to you. Of any other you are told what you would be told if it did not exist. What you ask and why is sealed to the patient: the cloud sees that you wrote to this chart, and when. It waits at most ${requestDays} days. She may give it, give something else, or decline without a reason.`,
  examples: ['carelet ask marlow --as dr-chen --what vital-signs --why "Your pulse was high twice; I would like to see it at home."'],
  async run({ options, given: [patient], io }) {
    const today = dayOf(io.clock());
    const wish = {
      kinds: oneOf('what', options.what, kinds),
      sensitive: options.sensitive === undefined ? [] : oneOf('sensitive', options.sensitive, sensitiveGroups),
      until: options.until ?? addDays(today, usualDays),
      why: options.why.trim(),
    };
    checkWish(wish, today);
    await using person = await enter(io, options, { op, kinds: ['doctor'] });
    const [{ head, number, ref: chart }] = await chartsOf(person, io, { op, patient: patient! });
    say(io, head);
    say(io, `  you ask for  ${wishInWords(wish)}`);
    say(io, `  because      ${wish.why}`);
    if (!options.yes && !(await agreed(io, 'Ask for this?'))) {
      say(io, 'Nothing was asked.');
      return 1;
    }
    await askAccess({ ...person.by(number), clock: io.clock }, chart, wish);
    say(io, `Asked. See what becomes of it with: carelet requests --as ${person.keyring.name}`);
    return 0;
  },
});
