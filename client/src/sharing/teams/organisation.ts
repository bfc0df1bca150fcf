/**
 * Teams, the organisation's part: it makes one, says who belongs to it, and makes another in its place.
 *
 * All secrets of a team come from one, which is sealed in the organisation's domain under labels that every policy for its units
 * fulfils; so doctors who join later open it, and nobody hands it to them. Who knows it and is no member any more is refused by cloud and
 * mediator; making another team closes what both of them together could still do for her.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { checkUnit, teamAttributes, teamPrefix } from '@carelet/care/rules/sharing/attributes';
import { type Bytes, concat, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { encodeCard, vouch } from '@carelet/crypto/cards/card';
import { labelOf } from '@carelet/crypto/cards/label';
import { newTeamCard, teamSecretLength, teamSecrets } from '@carelet/crypto/cards/owner';
import { membersContext, signBond, signNotice, signTeamName } from '@carelet/crypto/cards/team';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { mustHoldDomain } from '../../enrolment.ts';
import type { Keyring, OwnTeam } from '../../keyring/keyring.ts';
import type { Authority, Cloud } from '../../login.ts';
import type { Mathematics } from '../../mathematics.ts';

export type TeamsOptions = {
  /** The organisation's, with what it seals with today. */
  readonly keyring: Keyring;
  /** Puts the keyring on disk. */
  readonly save: () => Promise<void>;
  readonly cloud: Pick<Cloud, 'teams'>;
  readonly authority: Pick<Authority, 'teams'>;
  readonly mathematics: Mathematics;
  readonly clock?: () => number;
};

/** The teams there are now, the newest last. */
export const teamsNow = ({ teams }: Keyring): OwnTeam[] =>
  teams.filter(({ card }) => !teams.some(({ follows }) => follows !== null && equalPublic(follows, card.id)));

/**
 * Makes a team of whoever may read everybody in a unit, or whose policy names the team beside single patients; of the whole organisation where none is named: of all units that doctors have
 * policies for. Of a team there is already it says anew who belongs to it, as after a unit was added.
 *
 * @param unit below the organisation: `cardio`, `cardio/icu`
 * @throws {CareletError} `invalid` for a name or unit that cannot be; `conflict` for a name that another team has
 */
export async function foundTeam(
  options: TeamsOptions,
  { name: called, unit }: { name: string; unit?: string | undefined },
): Promise<OwnTeam> {
  const { keyring } = options;
  const op = 'make a team';
  mustHoldDomain(keyring, op);
  const name = called.trim();
  if (name === '') throw new CareletError('invalid', op, { because: 'a team has a name' });
  if (unit !== undefined) checkUnit(unit, op);
  const home = hex(keyring.card.id);
  const before = teamsNow(keyring).find((one) => one.name === name || (one.whole && unit === undefined));
  const units = unit === undefined ? await allUnits(options) : [`${home}/${unit}`];
  if (before && (before.whole !== (unit === undefined) || (unit !== undefined && !before.units.includes(units[0]!))))
    throw new CareletError('conflict', op, { subject: name, because: 'another team of yours is called so' });
  if (before && before.name !== name)
    throw new CareletError('conflict', op, { subject: before.name, because: 'you have a team of everybody already' });
  const team = before
    ? { ...before, units: [...new Set([...before.units, ...units])].sort() }
    : fresh(keyring, { name, whole: unit === undefined, pseudonym: newPseudonym(), units, follows: null });
  return lay(options, team);
}

/**
 * Makes another team in the place of one: for when somebody who was a member should not be one any more. Patients' clients give their
 * grants to it the next time they are used.
 *
 * @throws {CareletError} `missing` where there is no such team
 */
export async function renewTeam(options: TeamsOptions, name: string): Promise<OwnTeam> {
  const { keyring } = options;
  const op = 'make another team';
  mustHoldDomain(keyring, op);
  const before = teamNamed(keyring, name, op);
  const units = before.whole ? await allUnits(options) : before.units;
  return lay(options, fresh(keyring, { ...before, units, follows: before.card.id }));
}

/** Lays down anew what there is: after an interruption, and under another domain than before, whose labels are others. */
export async function layTeams(options: TeamsOptions): Promise<number> {
  const all = options.keyring.teams;
  // In their order: each after the one it follows.
  for (const team of all) await lay(options, team);
  return all.length;
}

function teamNamed(keyring: Keyring, name: string, op: string): OwnTeam {
  const team = teamsNow(keyring).find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
  if (!team) throw new CareletError('missing', op, { subject: name, because: 'you have no team of this name' });
  return team;
}

/** The organisation itself, and every unit that a doctor has a policy for. */
async function allUnits({ keyring, authority }: TeamsOptions): Promise<string[]> {
  const home = hex(keyring.card.id);
  const named = (await authority.teams.units()).units.filter((unit) => unit.startsWith(`${home}/`));
  return [...new Set([home, ...named])].sort();
}

const newPseudonym = (): Bytes => concat(unhex(teamPrefix), systemRandom(12));

type Of = Pick<OwnTeam, 'name' | 'whole' | 'pseudonym' | 'units' | 'follows'>;

function fresh({ card, secrets }: Keyring, { name, whole, pseudonym, units, follows }: Of): OwnTeam {
  const secret = systemRandom(teamSecretLength);
  return { name, whole, pseudonym, units, follows, secret, card: vouch(newTeamCard(secret, card.expiry).card, card.id, secrets.edSk) };
}

/** Keeps a team, then lays it down at the cloud, then in the directory: what is interrupted is done the next time. */
async function lay({ keyring, save, cloud, authority, mathematics, clock = Date.now }: TeamsOptions, team: OwnTeam): Promise<OwnTeam> {
  mustHoldDomain(keyring, 'lay down a team');
  const { card: home, secrets, writer } = keyring;
  const { card, secret, pseudonym, units, name, whole, follows } = team;
  const at = keyring.teams.findIndex((one) => equalPublic(one.card.id, card.id));
  if (at < 0) keyring.teams.push(team);
  else keyring.teams[at] = team;
  await save();
  const labels = teamAttributes({ team: hex(pseudonym), units }).map((one) => labelOf(writer.orgKey, one.name, one.value));
  const said = {
    ...{ team: card.id, organisation: home.id, domain: idOfDomain(writer.domain), follows, labels },
    issued: Math.floor(clock() / 1000),
  };
  const notice = signNotice(secrets.edSk, said);
  const sealing = { domain: writer.domain, pq: writer.pq, labels, context: membersContext(card.id), content: secret };
  const [members] = await mathematics.sealPolicies([sealing]);
  const { edSk } = secretsOf(team);
  const { delegate } = await mathematics.newHalf({ id: card.id, edSk });
  const bond = signBond(edSk, said);
  const bytes = encodeCard(card);
  await cloud.teams.lay({ card: bytes, notice, bond, delegate, members: members! });
  const signature = signTeamName(secrets.edSk, { team: card.id, organisation: home.id, name, whole });
  await authority.teams.name({ card: bytes, notice, bond, name, whole, signature });
  return team;
}

function secretsOf({ secret, card }: OwnTeam): { readonly edSk: Bytes } {
  const own = teamSecrets(secret, card);
  if (!own) throw new TypeError('not the secret of this team');
  return own;
}
