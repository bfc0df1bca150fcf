/**
 * Teams, the patient's part: which there are in her town, and what she believes of the one she lets read.
 *
 * A team's card is believed for its organisation's word, and that for two issuers'; a name for the organisation's signature. What came
 * in the place of a team is believed where the same organisation signed that it did.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { teamsOrganisation } from '@carelet/care/rules/sharing/consent';
import { type Bytes, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { type Card, cardStands, decodeCard, organisationOf } from '@carelet/crypto/cards/card';
import { readNotice, type TeamNotice, verifyTeamName } from '@carelet/crypto/cards/team';
import type { GivenGrant, Keyring } from '../../keyring/keyring.ts';
import type { Authority, Cloud } from '../../login.ts';

/** A team that a patient may share with. */
export type FoundTeam = {
  readonly card: Card;
  /** The number of its organisation, and what the town calls that. */
  readonly organisation: Bytes;
  readonly place: string;
  readonly name: string;
  /** Whether it is everybody there. */
  readonly whole: boolean;
};

/** How a team is called: `Cardiology, Northgate Hospital`, or `Northgate Hospital` where it is everybody there. */
export const teamTitle = ({ name, place, whole }: Pick<FoundTeam, 'name' | 'place' | 'whole'>): string =>
  whole ? place : `${name}, ${place}`;

type Looking = { readonly keyring: Pick<Keyring, 'manifest'> /** UTC seconds. */; readonly now: number };

/** The teams of the town, by name; those of which anything does not fit are left out. */
export async function teamsOfTown({
  keyring,
  now,
  authority,
}: Looking & { readonly authority: Pick<Authority, 'teams'> }): Promise<FoundTeam[]> {
  const { teams } = await authority.teams.list();
  return teams
    .flatMap(({ card: bytes, organisation: behind, name, whole, signature }): FoundTeam[] => {
      const found = cardsOf({ keyring, now }, bytes, behind);
      if (!found) return [];
      const { card, organisation } = found;
      const place = keyring.manifest.domains.find((domain) => equalPublic(domain.organisation, organisation.id))?.name;
      if (place === undefined) return [];
      const named = { team: card.id, organisation: organisation.id, name, whole };
      return verifyTeamName(organisation.edVk, named, signature) ? [{ card, organisation: organisation.id, place, name, whole }] : [];
    })
    .sort((a, b) => a.place.localeCompare(b.place) || Number(b.whole) - Number(a.whole) || a.name.localeCompare(b.name));
}

/** A team's card and its organisation's, if issuers vouch for the one and that for the other. */
function cardsOf({ keyring, now }: Looking, bytes: Bytes, behind: Bytes): { card: Card; organisation: Card } | null {
  const [card, organisation] = [decodeCard(bytes), decodeCard(behind)];
  if (card?.kind !== 'team' || organisation?.kind !== 'organisation' || !cardStands(organisation, keyring.manifest, now)) return null;
  return cardStands(card, keyring.manifest, now, () => organisation) ? { card, organisation } : null;
}

/** A team as the cloud has it, once it is believed. */
export type BelievedTeam = {
  readonly card: Card;
  readonly organisation: Card;
  readonly notice: TeamNotice;
  readonly delegate: Bytes;
  readonly followedBy: Bytes | null;
};

type Asking = Looking & { readonly cloud: Pick<Cloud, 'teams'> };

/**
 * A team of an organisation by its number.
 *
 * @throws {CareletError} `missing` where the cloud has none, `tampered` for one that is not its organisation's
 */
export async function believedTeam({ keyring, cloud, now }: Asking, team: Bytes, organisation: Bytes): Promise<BelievedTeam> {
  const op = 'find team';
  const [said] = (await cloud.teams.of({ teams: [team] })).teams;
  if (!said) throw new CareletError('missing', op, { because: 'there is no such team' });
  const found = cardsOf({ keyring, now }, said.card, said.organisation);
  const own = found && equalPublic(found.card.id, team) && equalPublic(organisationOf(found.card)!, organisation);
  const notice = own ? readNotice(said.notice, found.organisation.edVk) : null;
  if (!own || !notice || !equalPublic(notice.team, team))
    throw new CareletError('tampered', op, {
      because: 'the team is not the one that was asked for, or its organisation does not vouch for it',
    });
  return { ...found, notice, delegate: said.delegate, followedBy: said.followedBy };
}

/** Teams that followed one another in one question after the other, at most. */
const longestChain = 100;

/** The teams that came in the place of one, one after the other, each by its organisation's word that it did. */
async function teamsAfter(asking: Asking, team: Bytes, organisation: Bytes): Promise<Bytes[]> {
  const after: Bytes[] = [];
  let { card, followedBy } = await believedTeam(asking, team, organisation);
  for (let i = 0; followedBy && i < longestChain; i++) {
    const next = await believedTeam(asking, followedBy, organisation);
    if (!next.notice.follows || !equalPublic(next.notice.follows, card.id))
      throw new CareletError('tampered', 'find team', { because: 'the team that is said to follow does not' });
    ({ card, followedBy } = next);
    after.push(card.id);
  }
  return after;
}

/**
 * For teams among grants in whose place others came: these, the newest last, by the number of the one before in hex. What cannot be asked
 * now is the next time.
 */
export async function followersOf(
  asking: Asking,
  grants: readonly Pick<GivenGrant, 'doctor' | 'consent'>[],
): Promise<Map<string, Bytes[]>> {
  const teams = new Map<string, Bytes>();
  for (const { doctor, consent } of grants) {
    const organisation = teamsOrganisation(JSON.parse(consent));
    if (organisation) teams.set(hex(doctor), unhex(organisation));
  }
  const followers = new Map<string, Bytes[]>();
  for (const [team, organisation] of teams) {
    const after = await teamsAfter(asking, unhex(team), organisation).catch(() => []);
    if (after.length > 0) followers.set(team, after);
  }
  return followers;
}
