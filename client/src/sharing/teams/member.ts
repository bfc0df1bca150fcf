/**
 * Teams, a member's part: a doctor opens the secret of a team by her own role, as she opens what lies in her sight, and by it what
 * patients share with the team. To cloud and mediator she stays herself.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { type Card, decodeCard, organisationOf } from '@carelet/crypto/cards/card';
import { teamSecrets } from '@carelet/crypto/cards/owner';
import { membersContext, readNotice } from '@carelet/crypto/cards/team';
import type { DoctorKey, Keyring } from '../../keyring/keyring.ts';
import type { Cloud, Cloudlet } from '../../login.ts';
import type { Mathematics } from '../../mathematics.ts';
import type { BelievedCards } from '../../records/reading/believed.ts';
import type { RoleLogins } from '../roles.ts';

/** What a member has of a team, and what she shows a mediator of her being one. */
export type Membership = {
  readonly team: Bytes;
  /** Opens letters to the team. */
  readonly hybridSk: Bytes;
  /** The team's half of every key it is given. */
  readonly half: Bytes;
  readonly shown: NonNullable<Parameters<Cloudlet['sharing']['mediate']>[0]['membership']>;
};

export type MemberOptions = {
  readonly keyring: Keyring;
  readonly cloud: Pick<Cloud, 'teams'>;
  readonly logins: Pick<RoleLogins, 'answer'>;
  readonly mathematics: Mathematics;
  readonly cards: BelievedCards;
  /** UTC seconds. */
  readonly now: () => number;
};

/** Those of these teams that one is a member of at this moment; told of each whose secret cloud or mediator did not help to open. */
export type Memberships = (teams: readonly Bytes[], missed?: (thrown: CareletError) => void) => Promise<Membership[]>;

/** How cloud and mediator say that a role opens nothing now: ended, replaced, lost, or one of them away. */
const held: ReadonlySet<string> = new Set(['denied', 'conflict', 'missing', 'unavailable']);

/**
 * The teams one is a member of, asked anew each time; their secrets are opened once, when they are wanted, and rest in the keyring. A
 * team whose secret does not open is left out, as nobody could say more of it.
 */
export function membershipsOf({ keyring, cloud, logins, mathematics, cards, now }: MemberOptions): Memberships {
  const halves = new Map<string, Bytes>();

  return async (teams, missed = () => {}) => {
    if (keyring.card.kind !== 'doctor' || teams.length === 0) return [];
    const offered = (await cloud.teams.mine()).teams.flatMap(({ card: bytes, ...rest }) => {
      const card = decodeCard(bytes);
      const organisation = card && organisationOf(card);
      const isWanted = card && teams.some((team) => equalPublic(team, card.id));
      return isWanted && organisation ? [{ card, organisation, ...rest }] : [];
    });
    await cards.learn(offered.map(({ organisation }) => organisation));
    const mine: Membership[] = [];
    for (const { card, organisation, notice, members } of offered) {
      const edVk = cards.of(organisation)?.edVk;
      const said = edVk ? readNotice(notice, edVk) : null;
      const key = keyring.doctorKeys.find((one) => equalPublic(one.organisation, organisation) && one.notAfter > now());
      if (!key || !said || !equalPublic(said.team, card.id)) continue;
      const secrets = await secretsOf(card, key, members).catch((thrown: unknown) => {
        if (!(thrown instanceof CareletError) || !held.has(thrown.kind)) throw thrown;
        missed(thrown);
        return null;
      });
      if (!secrets) continue;
      const half = await halfOf(card.id, secrets.edSk);
      mine.push({ team: card.id, hybridSk: secrets.hybridSk, half, shown: { entitlement: key.entitlement, notice } });
    }
    return mine;
  };

  async function secretsOf(card: Card, key: DoctorKey, members: Bytes) {
    const name = hex(sha256(membersContext(card.id)));
    const known = keyring.opened[name];
    const rested = known && teamSecrets(known, card);
    if (rested) return rested;
    const { transformed } = await cloud.teams.join({ team: card.id });
    if (transformed.length === 0) return null;
    const { answers, factors } = await logins.answer(key, [transformed]);
    const opening = { domain: key.domain, pq: key.pq, factors, answers: answers[0] ?? new Uint8Array() };
    const [secret] = await mathematics.openPolicies([{ ...opening, context: membersContext(card.id), body: members }]);
    const secrets = secret ? teamSecrets(secret, card) : null;
    if (secrets) keyring.opened[name] = secret!;
    return secrets;
  }

  async function halfOf(team: Bytes, edSk: Bytes): Promise<Bytes> {
    const name = hex(team);
    const half = halves.get(name) ?? (await mathematics.newHalf({ id: team, edSk })).half;
    halves.set(name, half);
    return half;
  }
}
