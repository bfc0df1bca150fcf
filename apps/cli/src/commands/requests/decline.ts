/**
 * `carelet requests decline`: a patient declines what a doctor asks.
 *
 * @module
 */
import { declineRequest, requestsReceived } from '@carelet/client/sharing/requests';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { say } from '../../terminal.ts';
import { requestCalled } from './list.ts';

const op = 'decline a request';

export const requestsDecline = command({
  name: 'requests decline',
  group: 'sharing',
  summary: 'decline what a doctor asks; she learns that, and no reason',
  takes: [{ name: 'request', says: 'the beginning of its number, as "carelet requests" shows it' }],
  options: { ...common.as('the patient'), ...common.town, ...common.keyrings },
  more: 'Nothing changes of what anybody may read.',
  examples: ['carelet requests decline 3fa01b22 --as ada'],
  async run({ options, given: [number], io }) {
    await using person = await enter(io, options, { op, kinds: ['patient'] });
    const asking = { keyring: person.keyring, cloud: person.cloud, clock: io.clock };
    await declineRequest(asking, requestCalled((await requestsReceived(asking)).requests, op, number!));
    say(io, 'Declined.');
    return 0;
  },
});
