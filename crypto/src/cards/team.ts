/**
 * Teams: what an organisation says of a group of its doctors whom patients let read together, as a ward or a whole clinic.
 *
 * The notice names the team's card and the labels that say who belongs to it: whoever is entitled, at this organisation, to what
 * carries these labels. Cloud and mediators each judge by it, for themselves, whether a doctor is a member at this moment; it says no
 * name. A name tells a disease, so it stands in a word of its own, for patients and the town's directory.
 *
 * ```
 * notice = ["carelet/v1/team/notice", team, organisation, domain, follows, issued, labels]
 * name   = ["carelet/v1/team/name", team, organisation, name, whole]
 * bond   = ["carelet/v1/team/bond", team, organisation]      signed by the team's key
 * ```
 *
 * [Note: Whose team it is] A card says nothing of who vouches for it: anybody can put his own word on a card he has seen. So the team's
 * key signs as well whose it is, and only who has its secret brings it where nobody knows it yet.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, uncbor } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import { attempt, isBytes } from '../algebra/strict.ts';
import { parse, satisfies } from '../kp-abe/formula.ts';
import type { Entitlement } from './entitlement.ts';

export type TeamNotice = {
  /** Number of the team's card. */
  readonly team: Bytes;
  /** Number of the organisation's card, which vouches for the team's. */
  readonly organisation: Bytes;
  /** Id of the KP-ABE domain the labels are of: with that they end. */
  readonly domain: Bytes;
  /** The team in whose place this one comes; its secret is known to somebody who is no member any more. */
  readonly follows: Bytes | null;
  /** UTC seconds; a later one replaces an earlier one of the same team. */
  readonly issued: number;
  /** Ascending, each once. */
  readonly labels: readonly string[];
};

const noticeLabel = 'carelet/v1/team/notice';
const nameLabel = 'carelet/v1/team/name';
const bondLabel = 'carelet/v1/team/bond';
const membersLabel = 'carelet/v1/team/members';

/** Labels in one notice, and characters of one. */
const limits = { labels: 256, text: 64 } as const;

const parts = ({ team, organisation, domain, follows, issued, labels }: TeamNotice): Cbor[] => [
  team,
  organisation,
  domain,
  follows,
  issued,
  [...labels],
];

/** Signs a notice as the organisation it names; the labels may come in any order. */
export function signNotice(organisationSecret: Bytes, notice: TeamNotice): Bytes {
  const said = parts({ ...notice, labels: [...new Set(notice.labels)].sort() });
  return cbor([...said, sign(organisationSecret, noticeLabel, said)]);
}

/**
 * Reads a notice.
 *
 * @param organisationKey the verification key of the organisation that it must be by
 * @returns `null` for anything it did not sign
 */
export function readNotice(bytes: Bytes, organisationKey: Bytes): TeamNotice | null {
  let items: Cbor;
  try {
    items = uncbor(bytes);
  } catch {
    return null;
  }
  if (!Array.isArray(items) || items.length !== 7) return null;
  const [team, organisation, domain, follows, issued, labels, signature] = items as readonly Cbor[];
  const sound =
    [team, organisation, domain].every((id) => isBytes(id, 16)) &&
    (follows === null || isBytes(follows, 16)) &&
    Number.isSafeInteger(issued) &&
    (issued as number) >= 0 &&
    isLabels(labels) &&
    isBytes(signature, 64);
  if (!sound) return null;
  const notice = { team, organisation, domain, follows, issued, labels } as TeamNotice;
  return verify(organisationKey, noticeLabel, parts(notice), signature as Bytes) ? notice : null;
}

const isLabels = (labels: Cbor | undefined): labels is string[] =>
  Array.isArray(labels) &&
  labels.length > 0 &&
  labels.length <= limits.labels &&
  labels.every((label) => typeof label === 'string' && label.length <= limits.text) &&
  labels.every((label, i) => i === 0 || (labels[i - 1] as string) < (label as string));

/**
 * Whether what the issuers entitled a doctor to makes her a member: at this organisation, for what carries these labels. Whether the
 * entitlement lasts, and was not ended, is for whoever asks.
 *
 * @example
 * ```ts
 * import { makesMember } from '@carelet/crypto/cards/team';
 * const organisation = new Uint8Array(16);
 * const ward = { organisation, labels: ['l:cardio', 'l:hospital'] };
 * makesMember({ organisation, formula: 'l:hospital and (l:cardio or l:lungs)' }, ward); // true
 * makesMember({ organisation, formula: 'l:hospital and l:lungs' }, ward); // false
 * ```
 */
export function makesMember(
  { organisation, formula }: Pick<Entitlement, 'organisation' | 'formula'>,
  notice: Pick<TeamNotice, 'organisation' | 'labels'>,
): boolean {
  if (!equalPublic(organisation, notice.organisation)) return false;
  return attempt(() => satisfies(parse(formula), notice.labels)) === true;
}

/** What a team is called, and whether it is its whole organisation: signed by that, for patients. */
export type TeamName = { readonly team: Bytes; readonly organisation: Bytes; readonly name: string; readonly whole: boolean };

const nameParts = ({ team, organisation, name, whole }: TeamName): Cbor[] => [team, organisation, name, whole];

export const signTeamName = (organisationSecret: Bytes, named: TeamName): Bytes => sign(organisationSecret, nameLabel, nameParts(named));

export const verifyTeamName = (organisationKey: Bytes, named: TeamName, signature: Bytes): boolean =>
  verify(organisationKey, nameLabel, nameParts(named), signature);

type TeamBond = Pick<TeamNotice, 'team' | 'organisation'>;

/** The team's own word whose it is. See [Note: Whose team it is]. */
export const signBond = (teamSecret: Bytes, { team, organisation }: TeamBond): Bytes => sign(teamSecret, bondLabel, [team, organisation]);

export const verifyBond = (teamKey: Bytes, { team, organisation }: TeamBond, signature: Bytes): boolean =>
  verify(teamKey, bondLabel, [team, organisation], signature);

/** What a team's secret is sealed to its members under. */
export const membersContext = (team: Bytes): Bytes => cbor([membersLabel, team]);
