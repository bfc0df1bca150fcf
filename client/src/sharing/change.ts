/**
 * Letting somebody read something else than so far: another grant in the place of the one before.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { GivenGrant } from '../keyring/keyring.ts';
import { endGrant, type SharingOptions } from './share.ts';

/**
 * Gives what is wanted, then ends the grants in whose place it stands; whoever reads is never without either. Where these could not be
 * ended, what was given is taken back and everything is as it was.
 *
 * Locks of a new generation are made when consents are renewed next (`renewConsents`).
 *
 * @param before numbers of grants that this keyring gave to this reader
 * @param give gives what is wanted
 * @throws {CareletError} as `give` and `endGrant`; `invalid` for grants to somebody else
 */
export async function changeGrants(
  options: SharingOptions,
  reader: Bytes,
  before: readonly Bytes[],
  give: () => Promise<GivenGrant[]>,
): Promise<GivenGrant[]> {
  const op = 'change what is shared';
  const { grants } = options.keyring.sharing;
  const named = before.map((number) => grants.find(({ grant }) => hex(grant) === hex(number)));
  if (named.length === 0 || named.some((one) => !one || !equalPublic(one.doctor, reader))) {
    throw new CareletError('invalid', op, { because: 'what is to be changed was not given to this person' });
  }
  const given = await give();
  let ended = 0;
  try {
    for (const grant of before) {
      await endGrant(options, grant);
      ended++;
    }
  } catch (thrown) {
    // Of a change that happened in part, the rest can be stopped by itself.
    if (ended === 0) for (const { grant } of given) await endGrant(options, grant).catch(() => {});
    throw thrown;
  }
  return given;
}
