/**
 * `carelet wearable renew`: keeps a patient's wearables open to those who may see them.
 *
 * @module
 */
import { renewDevices } from '@carelet/client/session/renew';
import { renewConsents } from '@carelet/client/sharing/renew';
import { mathematicsInThreads } from '@carelet/client/threads';
import { partiesFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { count, note, say } from '../../terminal.ts';
import { tellInPart } from '../limits/show.ts';

export const wearableRenew = command({
  name: 'wearable renew',
  group: 'wearables',
  summary: "lock your wearables' coming week, and what has closed, for those who may see it",
  options: { ...common.as('the patient'), ...common.town, ...common.keyrings },
  more: `A wearable makes no locks for doctors: your own client does, a week ahead. Run this at least once a week; what was measured in between is kept, and opens to the doctors once this has run.`,
  examples: ['carelet wearable renew --as ada'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'renew wearables', kinds: ['patient'], writes: true });
    const { keyring, cloud, town } = person;
    await using mathematics = mathematicsInThreads();
    const mine = { keyring, save: person.save, cloud, mathematics, ...partiesFor(town, keyring, io.clock), clock: io.clock };
    const ofDevices = await renewDevices(mine);
    const { wraps, grants, left } = await renewConsents(mine);
    const made = ofDevices + wraps;
    if (grants > 0) say(io, `${count(grants, 'grant')} made anew, since you took something back or a team has a new secret.`);
    if (left > 0) note(io, `${count(left, 'grant')} could not be made anew: somebody does not answer. Run this again.`);
    say(
      io,
      made === 0
        ? 'Everything is locked for the coming week already.'
        : `${count(made, 'lock')} made for the coming week and what has closed.`,
    );
    await tellInPart(person, io);
    return 0;
  },
});
