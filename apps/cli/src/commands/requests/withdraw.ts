/**
 * `carelet requests withdraw`: a doctor takes back what she asked.
 *
 * @module
 */
import { withdrawRequest } from '@carelet/client/sharing/requests';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { say } from '../../terminal.ts';
import { madeBy, requestCalled } from './list.ts';

const op = 'take a request back';

export const requestsWithdraw = command({
  name: 'requests withdraw',
  group: 'sharing',
  summary: 'take back what you asked and nobody answered yet',
  takes: [{ name: 'request', says: 'the beginning of its number, as "carelet requests" shows it' }],
  options: { ...common.as('the doctor'), ...common.town, ...common.keyrings },
  examples: ['carelet requests withdraw 3fa01b22 --as dr-chen'],
  async run({ options, given: [number], io }) {
    await using person = await enter(io, options, { op, kinds: ['doctor'] });
    const waiting = (await madeBy(person, io)).filter(({ state }) => state === 'waits');
    const request = requestCalled(waiting, op, number!);
    await withdrawRequest(request.by, request);
    say(io, 'Taken back.');
    return 0;
  },
});
