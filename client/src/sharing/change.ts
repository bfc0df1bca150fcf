/**
 * Letting somebody read something else than so far: another grant in the place of the one before.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { GivenGrant } from '../keyring/keyring.ts';
import { grantIn, heirsOf, isHeld } from './heirs.ts';
import { endGrant, endHeirs, type SharingOptions } from './share.ts';
import { followersOf } from './teams/patient.ts';

/**
 * Gives what is wanted, then ends the grants in whose place it stands, with whatever lets read the same as they do; whoever reads is never
 * without either. Where these could not be ended, what was given is taken back and everything is as it was; where they were taken back
 * meanwhile, what was given ends as well. Whoever is interrupted in between ends them the next time (`renewConsents`).
 *
 * Locks of a new generation are made when consents are renewed next (`renewConsents`).
 *
 * @param before numbers of grants that this keyring gave to this reader, or to a team that this one follows
 * @param give gives what is wanted, in the place of those whose numbers it is told (`Share.instead`)
 * @throws {CareletError} as `give` and `endGrant`; `invalid` for grants to somebody else; `conflict` for what was taken back meanwhile
 */
export async function changeGrants(
  options: SharingOptions,
  reader: Bytes,
  before: readonly Bytes[],
  give: (instead: readonly Bytes[]) => Promise<GivenGrant[]>,
): Promise<GivenGrant[]> {
  const op = 'change what is shared';
  const { keyring } = options;
  const named = before.flatMap((number) => grantIn(keyring, number) ?? []);
  if (named.length === 0 || named.length < before.length || !(await areOf(options, named, reader))) {
    throw new CareletError('invalid', op, { because: 'what is to be changed was not given to this person' });
  }
  const held = before.filter((number) => stands(options, number, []));
  const given = await give(before);
  const except = given.map(({ grant }) => grant);
  if (held.length > 0 && !held.some((number) => stands(options, number, except))) {
    for (const grant of except) await endGrant(options, grant);
    throw new CareletError('conflict', op, { because: 'what was to be changed was taken back meanwhile' });
  }
  let ended = 0;
  try {
    for (const grant of before) {
      await endGrant(options, grant);
      ended++;
      await endHeirs(options, grant, except);
    }
  } catch (thrown) {
    // Of a change that happened in part, the rest can be stopped by itself.
    if (ended === 0) for (const grant of except) await giveUp(options, grant);
    throw thrown;
  }
  return given;
}

/** Whether a grant holds, or something in its place. */
function stands({ keyring }: SharingOptions, number: Bytes, except: readonly Bytes[]): boolean {
  const { grants } = keyring.sharing;
  const named = grantIn(keyring, number)!;
  return isHeld(named) || heirsOf(grants, named).some(({ grant }) => !except.some((one) => equalPublic(one, grant)));
}

async function areOf({ keyring, cloud, clock = Date.now }: SharingOptions, named: readonly GivenGrant[], reader: Bytes): Promise<boolean> {
  const others = named.filter(({ doctor }) => !equalPublic(doctor, reader));
  if (others.length === 0) return true;
  const followers = await followersOf({ keyring, cloud, now: Math.floor(clock() / 1000) }, others);
  return others.every(({ doctor }) => followers.get(hex(doctor))?.some((team) => equalPublic(team, reader)));
}

/** Takes back what was given in the place of something that stays. */
async function giveUp(options: SharingOptions, number: Bytes): Promise<void> {
  const given = grantIn(options.keyring, number)!;
  given.ends = [];
  await endGrant(options, number).catch(() => {});
}
