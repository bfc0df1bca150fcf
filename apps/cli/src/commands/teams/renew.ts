/**
 * `carelet teams renew`: another team in the place of one, for when somebody who was in it should not be any more.
 *
 * @module
 */
import { renewTeam } from '@carelet/client/sharing/teams/organisation';
import { mathematicsInThreads } from '@carelet/client/threads';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { agreed, plainText, say } from '../../terminal.ts';

export const teamsRenew = command({
  name: 'teams renew',
  group: 'organisations and administrators',
  summary: 'make another team in the place of one, after somebody who was in it left',
  takes: [{ name: 'name', says: 'of the team (see "carelet teams list")' }],
  options: { ...common.as('the organisation'), ...common.yes, ...common.town, ...common.keyrings },
  more: `Whoever was turned down, or has a narrower policy now, is refused by cloud and mediator from that moment. She still knows the team's secret: this makes a new one that she does not know, so that not even a cloud and a mediator that lie could open for her what comes. Patients' clients give what they share to the new team the next time they are used.`,
  examples: ['carelet teams renew "Cardiology" --as northgate'],
  async run({ options, given: [name], io }) {
    await using person = await enter(io, options, { op: 'make another team', kinds: ['organisation'], writes: true });
    const { keyring, save, cloud, authority } = person;
    if (!options.yes && !(await agreed(io, `Make another team in the place of ${plainText(name!)}?`))) {
      say(io, 'Nothing was changed.');
      return 1;
    }
    await using mathematics = mathematicsInThreads(1);
    const made = await renewTeam({ keyring, save, cloud, authority, mathematics, clock: io.clock }, name!);
    say(io, `${plainText(made.name)} has a new secret. Patients who share with it do so anew when their client is used next.`);
    return 0;
  },
});
