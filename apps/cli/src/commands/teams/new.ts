/**
 * `carelet teams new`: an organisation makes a team of its doctors, with which patients can share.
 *
 * @module
 */
import { foundTeam } from '@carelet/client/sharing/teams/organisation';
import { teamTitle } from '@carelet/client/sharing/teams/patient';
import { mathematicsInThreads } from '@carelet/client/threads';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { plainText, say } from '../../terminal.ts';
import { membersInWords } from './list.ts';

export const teamsNew = command({
  name: 'teams new',
  group: 'organisations and administrators',
  summary: 'make a team of an organisation’s doctors, with whom patients can share together',
  takes: [{ name: 'name', says: 'what patients will read, as in "Cardiology"' }],
  options: {
    ...common.as('the organisation'),
    unit: {
      type: 'text',
      value: 'unit',
      says: 'whose doctors are in it, as their policies say: cardio, cardio/icu (usual: the whole organisation)',
    },
    ...common.town,
    ...common.keyrings,
  },
  more: `Whoever may read everybody in the unit by her policy is in the team, from the day on which she takes her keys and for as long as they last; who has a policy for the whole organisation is in every team of it. Who has one for single patients is in it where the policy names the team among them: by the number that "carelet teams list" shows to the organisation (carelet doctors approve --patients). Nobody is told a list: cloud and mediator look at her policy each time.

The name stands in the town's directory; the cloud learns none. Run it again for the whole organisation after a unit was added.`,
  examples: ['carelet teams new "Cardiology" --unit cardio --as northgate', 'carelet teams new "Everyone" --as harbour'],
  async run({ options, given: [name], io }) {
    await using person = await enter(io, options, { op: 'make a team', kinds: ['organisation'], writes: true });
    const { keyring, save, cloud, authority } = person;
    await using mathematics = mathematicsInThreads(1);
    const made = await foundTeam({ keyring, save, cloud, authority, mathematics, clock: io.clock }, { name: name!, unit: options.unit });
    say(io, `${plainText(made.name)}: ${membersInWords(keyring, made)}.`);
    say(io, `Patients share with: carelet share --as <patient> --with-team "${plainText(teamTitle({ ...made, place: keyring.title }))}"`);
  },
});
