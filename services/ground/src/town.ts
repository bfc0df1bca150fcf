/**
 * The town manifest as a service keeps it: pinned once, replaced only by a successor the pinned issuers signed.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equal, unhex } from '@carelet/crypto/algebra/bytes';
import { decodeManifest, foundingHash, type Manifest, manifestHash, signedByTwo, successor } from '@carelet/crypto/cards/manifest';

export type Town = {
  manifest(): Promise<Manifest>;
  /** Asks again: an organisation may have joined since. At most once a second, unless told otherwise. */
  refresh(): Promise<Manifest>;
  /** Takes a manifest from whoever brings it, where it follows from the one that is pinned. */
  take(bytes: Bytes): Promise<Manifest>;
};

/**
 * @param fetchManifest asks the authority
 * @param pin hex SHA-256 of the town's first manifest, or of the very one to start from; without one the first
 * manifest that is offered is taken and kept
 * @param pause ms between two questions
 */
export function town(fetchManifest: () => Promise<Bytes>, pin?: string, clock: () => number = Date.now, pause = 1000): Town {
  let pinned: Manifest | undefined;
  let asked = 0;

  const judged = (bytes: Bytes): Manifest => {
    const offered = decodeManifest(bytes);
    if (!offered || !signedByTwo(offered)) {
      throw new CareletError('tampered', 'read town manifest', { because: 'two issuers did not sign it' });
    }
    if (!pinned && pin && !isPinned(offered, unhex(pin))) {
      throw new CareletError('tampered', 'read town manifest', { because: 'it is not the manifest that was pinned here' });
    }
    if (pinned && !successor(pinned, offered)) {
      throw new CareletError('tampered', 'read town manifest', { because: 'it does not follow from the one pinned here' });
    }
    pinned = offered;
    return offered;
  };
  const refresh = async (): Promise<Manifest> => {
    if (pinned && clock() - asked < pause) return pinned;
    const bytes = await fetchManifest();
    asked = clock();
    return judged(bytes);
  };

  return {
    manifest: async () => pinned ?? refresh(),
    refresh,
    async take(bytes) {
      // Whoever starts from something starts from what the authority says.
      if (!pinned) await refresh();
      return judged(bytes);
    },
  };
}

const isPinned = (offered: Manifest, pin: Bytes): boolean => equal(foundingHash(offered), pin) || equal(manifestHash(offered), pin);
