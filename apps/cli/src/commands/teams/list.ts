/**
 * `carelet teams list`: the teams of the town, or an organisation's own.
 *
 * @module
 */
import type { Keyring, OwnTeam } from '@carelet/client/keyring/keyring';
import { teamsNow } from '@carelet/client/sharing/teams/organisation';
import { teamsOfTown } from '@carelet/client/sharing/teams/patient';
import { hex } from '@carelet/crypto/algebra/bytes';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { plainText, say, table } from '../../terminal.ts';

export const teamsList = command({
  name: 'teams list',
  group: 'sharing',
  summary: 'teams of doctors with whom one can share together; an organisation’s own, and who is in them',
  options: { ...common.as('a patient, a doctor or the organisation'), ...common.json, ...common.town, ...common.keyrings },
  examples: ['carelet teams list --as ada', 'carelet teams list --as northgate'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'list teams', kinds: ['patient', 'doctor', 'organisation'] });
    const { keyring, authority } = person;
    const own = keyring.card.kind === 'organisation';
    const rows = own
      ? teamsNow(keyring).map((team) => ({
          team: hex(team.card.id),
          name: team.name,
          place: keyring.title,
          who: membersInWords(keyring, team),
          number: hex(team.pseudonym),
        }))
      : (await teamsOfTown({ keyring, authority, now: Math.floor(io.clock() / 1000) })).map(({ card, name, place, whole }) => ({
          ...{ team: hex(card.id), name, place },
          who: whole ? 'everyone there' : 'a part of it',
          fingerprint: fingerprint(card),
        }));
    if (options.json) for (const row of rows) say(io, JSON.stringify(row));
    else if (rows.length === 0)
      say(io, own ? 'You have no team yet. Make one with: carelet teams new' : 'No organisation of this town has a team yet.');
    else {
      const cells = rows.map(({ name, place, who, ...of }) => [
        plainText(name),
        plainText(place),
        who,
        ...('number' in of ? [of.number] : []),
      ]);
      table(io, ['team', 'organisation', 'who', ...(own ? ['number'] : [])], cells, '');
    }
  },
});

/** Who is in a team, for its organisation. */
export function membersInWords({ card }: Keyring, { whole, units }: Pick<OwnTeam, 'whole' | 'units'>): string {
  const names = units.map((unit) => unit.slice(hex(card.id).length + 1)).filter((unit) => unit !== '');
  if (!whole) return `whoever may read everybody in ${names.join(', ')}`;
  return names.length === 0 ? 'whoever may read everybody here' : `whoever may read everybody here, or in ${names.join(', ')}`;
}
