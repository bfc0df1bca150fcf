/**
 * A drawer: what a browser keeps for somebody between two visits, sealed under her own keyring.
 *
 * It holds nothing that could not be had again, but for the words of what was shared from here, so one that does not open
 * (changed bytes, another's, a later layout) is an empty one. An older drawer put back in its place opens; what it says is never believed over what
 * the keyring, the authority and the cloud say now.
 *
 * @module
 */
import {
  type DoctorKey,
  decodeDoctorKeys,
  decodeKeyring,
  decodeSeen,
  decodeSharing,
  type EncodedDoctorKey,
  type EncodedSeen,
  type EncodedSharing,
  encodeDoctorKeys,
  encodeKeyring,
  encodeSeen,
  encodeSharing,
  type Keyring,
  nothingSeen,
  nothingShared,
  type SharingKeys,
  type WatchedLog,
} from '@carelet/client/keyring/keyring';
import { togetherSeen } from '@carelet/client/receipts/remembered';
import { together } from '@carelet/client/sharing/remembered';
import { nonceLength, open, seal } from '@carelet/crypto/algebra/aead';
import { type Bytes, type Cbor, cbor, equalPublic, uncbor, wipe } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import { decodeManifest, encodeManifest, type Manifest, successor } from '@carelet/crypto/cards/manifest';
import type { LookNote } from './looks.ts';

export type Drawer = {
  /** The newest manifest this browser saw: an earlier one is refused from then on. */
  readonly manifest: Manifest;
  readonly doctorKeys: readonly DoctorKey[];
  readonly emergencyKeys: readonly DoctorKey[];
  /** Node keys opened before, as a keyring keeps them: a second look costs no pairing. */
  readonly opened: Readonly<Record<string, Bytes>>;
  /** What was noted last of each patient, by card number in hex. */
  readonly looks: Readonly<Record<string, LookNote>>;
  /** When keys end, and those that ended did, by organisation; see `endings.ts`. */
  readonly endings: Readonly<Record<string, number>>;
  /** Whether a copy of the keyring was saved outside this browser. */
  readonly kept: boolean;
  /** What was shared from here; a keyring that was brought before does not know of it. */
  readonly sharing: SharingKeys;
  /** What was seen last of the cloud's receipts log: an older one is noticed from then on. */
  readonly receipts: WatchedLog;
  /** The numbers a doctor goes by elsewhere, each as a keyring; one that was brought before does not have them all. */
  readonly elsewhere: readonly Keyring[];
};

const label = 'carelet/v1/portal/drawer';
const layout = 3;
/** Layouts that are still opened. */
const layouts: readonly number[] = [layout, 2];

/** Whose drawer it is: a keyring fits. */
export type DrawerOwner = Pick<Keyring, 'card' | 'secrets'>;

/** Seals a drawer for its owner. */
export function sealDrawer(owner: DrawerOwner, drawer: Drawer, random: Random = systemRandom): Bytes {
  const { manifest, doctorKeys, emergencyKeys, opened, looks, endings, kept, sharing, receipts, elsewhere } = drawer;
  const noted = Object.entries(looks).map(([patient, { noted: at, look }]): Cbor => [patient, at, look && [look.at, look.seen]]);
  const content = cbor([
    layout,
    encodeManifest(manifest),
    encodeDoctorKeys(doctorKeys),
    opened,
    noted,
    endings,
    kept,
    encodeSharing(sharing),
    encodeSeen(receipts),
    encodeDoctorKeys(emergencyKeys),
    elsewhere.map(encodeKeyring),
  ]);
  const nonce = random(nonceLength);
  const sealed = withKey(owner, (key) => seal('aes-256-gcm', key, nonce, contextOf(owner), content));
  wipe(content);
  return cbor([label, nonce, sealed]);
}

/** Opens a drawer; `null` when it is not this owner's, or not as it was sealed. */
export function openDrawer(owner: DrawerOwner, bytes: Bytes): Drawer | null {
  try {
    const [name, nonce, sealed, ...rest] = uncbor(bytes) as [string, Bytes, Bytes];
    if (name !== label || rest.length > 0 || nonce.length !== nonceLength) return null;
    for (const of of layouts) {
      const content = withKey(owner, (key) => open('aes-256-gcm', key, nonce, contextOf(owner, of), sealed));
      if (content) return decode(content);
    }
    return null;
  } catch {
    return null;
  }
}

/** Puts what a drawer keeps into a keyring: the later manifest and log of the two; keys, grants and numbers the keyring has not. */
export function fillFrom(keyring: Keyring, drawer: Drawer): void {
  fillNumber(keyring, drawer);
  takeNumbers(keyring, drawer.elsewhere, fillNumber);
}

/**
 * Takes over the numbers that another copy of a keyring has.
 *
 * @param join of a number that both have
 */
export function takeNumbers(keyring: Keyring, others: readonly Keyring[], join: (own: Keyring, other: Keyring) => void): void {
  for (const other of others) {
    const own = keyring.elsewhere.find(({ card }) => equalPublic(card.id, other.card.id));
    if (own) join(own, other);
    else keyring.elsewhere.push(other);
  }
}

type NumberKept = Pick<Drawer, 'manifest' | 'doctorKeys' | 'emergencyKeys' | 'opened' | 'sharing' | 'receipts'>;

function fillNumber(keyring: Keyring, { manifest, doctorKeys, emergencyKeys, opened, sharing, receipts }: NumberKept): void {
  if (successor(keyring.manifest, manifest)) keyring.manifest = manifest;
  if (keyring.doctorKeys.length === 0) keyring.doctorKeys = [...doctorKeys];
  if (keyring.emergencyKeys.length === 0) keyring.emergencyKeys = [...emergencyKeys];
  keyring.opened = { ...opened, ...keyring.opened };
  keyring.sharing = together(keyring.sharing, sharing);
  // In its place: whoever watches the log holds on to it.
  Object.assign(keyring.receipts, togetherSeen(keyring.receipts, receipts));
}

function decode(content: Bytes): Drawer | null {
  const [version, manifestBytes, keys, opened, looks, endings, kept, sharing, receipts, emergencyKeys, elsewhere] = uncbor(content) as [
    number,
    Bytes,
    EncodedDoctorKey[],
    Record<string, Bytes>,
    [string, number, [number, Bytes] | null][],
    Record<string, number>,
    boolean,
    EncodedSharing?,
    EncodedSeen?,
    EncodedDoctorKey[]?,
    Bytes[]?,
  ];
  const manifest = layouts.includes(version) ? decodeManifest(manifestBytes) : null;
  if (!manifest) return null;
  return {
    manifest,
    // They were whole before, and are taken anew.
    doctorKeys: version === layout ? decodeDoctorKeys(keys) : [],
    emergencyKeys: decodeDoctorKeys(emergencyKeys ?? []),
    opened,
    looks: Object.fromEntries(
      looks.map(([patient, noted, look]): [string, LookNote] => [patient, { noted, look: look && { at: look[0], seen: look[1] } }]),
    ),
    endings,
    kept,
    // One that was sealed before there was sharing.
    sharing: sharing ? decodeSharing(sharing) : nothingShared(),
    receipts: receipts ? decodeSeen(receipts) : nothingSeen(),
    elsewhere: (elsewhere ?? []).map(decodeKeyring),
  };
}

/** Bound to its owner, so that nobody's drawer passes for another's. */
const contextOf = ({ card }: DrawerOwner, of = layout): Bytes => cbor([label, of, card.id]);

function withKey<T>({ secrets, card }: DrawerOwner, use: (key: Bytes) => T): T {
  const key = kdf(secrets.edSk, label, [card.id]);
  try {
    return use(key);
  } finally {
    wipe(key);
  }
}
