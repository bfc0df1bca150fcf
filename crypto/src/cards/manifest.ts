/**
 * The town manifest: the keys everyone starts from (keys.md §5).
 *
 * It names the issuers, the organisations' sharing domains, who keeps and watches the receipts log and the key distribution servers, is signed by two of the three issuers, and its
 * hash is pinned when a keyring is made and when a device is paired. A later manifest is taken only when the
 * issuers of the pinned one signed it; a server that serves keys of its own is refused.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { type NamedKey, sign, verify } from '../algebra/sign.ts';
import { isBytes, isBytesList } from '../algebra/strict.ts';

/** One organisation's sharing domain. */
export type Domain = {
  /** The organisation's card id. */
  readonly organisation: Bytes;
  readonly name: string;
  /** KP-ABE public key of the domain. */
  readonly publicKey: Bytes;
  /** SHA-256 of the public keys it had before, the oldest first: nothing is sealed to those any more. Left out where there are none. */
  readonly retired?: readonly Bytes[];
  /**
   * Id of the security domain of its emergencies, the hospital and the emergency office, 16 bytes: what is kept of them stands under
   * this number, as what is of every day stands under the organisation's. Left out before they are founded.
   */
  readonly emergency?: Bytes | undefined;
};

/** A domain once another public key took the place of its own; its emergencies are founded anew. */
export const withNewKey = ({ organisation, name, publicKey, retired = [] }: Domain, next: Bytes): Domain => ({
  organisation,
  name,
  publicKey: next,
  retired: [...retired, sha256(publicKey)],
});

/** The receipts log's key, and those of the witnesses who may vouch for it. A name stands in no two places. */
export type Watch = { readonly log: NamedKey; readonly witnesses: readonly NamedKey[] };

export type ManifestBody = {
  readonly town: string;
  /** From 1; only ever grows. */
  readonly serial: number;
  /** Ed25519 keys of the three issuers. */
  readonly issuers: readonly Bytes[];
  readonly domains: readonly Domain[];
  /** Nothing in a town that keeps no receipts yet. */
  readonly receipts?: Watch | undefined;
  /** The key distribution servers as `crypto/kdc` publishes them, in the issuers' order; named once for good, and left out before. */
  readonly keyServers?: Bytes | undefined;
};

export type Manifest = ManifestBody & { readonly signatures: readonly { issuer: number; signature: Bytes }[] };

const label = 'carelet/v1/manifest';

/** Signs a manifest with the given issuers' secrets, by issuer number. */
export function signManifest(body: ManifestBody, secrets: readonly { issuer: number; secret: Bytes }[]): Manifest {
  return { ...body, signatures: secrets.map(({ issuer, secret }) => ({ issuer, signature: signBody(body, secret) })) };
}

/** One issuer's signature. */
export const signBody = (body: ManifestBody, secret: Bytes): Bytes => sign(secret, label, parts(body));

/** Whether one issuer signed. */
export const signedBy = (body: ManifestBody, key: Bytes, signature: Bytes): boolean => verify(key, label, parts(body), signature);

export const manifestHash = (manifest: ManifestBody): Bytes => sha256(cbor([label, ...parts(manifest)]));

/**
 * The hash by which a town is known for good: of its first manifest, which names its issuers and no organisation
 * yet. Every later manifest of the town gives the same one.
 */
export const foundingHash = (manifest: ManifestBody): Bytes =>
  manifestHash({ ...manifest, serial: 1, domains: [], receipts: undefined, keyServers: undefined });

/** Whether two different issuers out of `issuers` signed it. */
export function signedByTwo(manifest: Manifest, issuers: readonly Bytes[] = manifest.issuers): boolean {
  const good = new Set<number>();
  for (const { issuer, signature } of manifest.signatures) {
    const key = issuers[issuer];
    if (key && verify(key, label, parts(manifest), signature)) good.add(issuer);
  }
  return good.size >= 2;
}

/**
 * Judges a manifest a server offers against the pinned one: the same, or a later one that the pinned issuers
 * signed, that changes no log, no key distribution server, and no key of a domain or its emergencies unless it says that the one before is retired; witnesses come and go.
 */
export function successor(pinned: Manifest, offered: Manifest): boolean {
  return equalPublic(manifestHash(pinned), manifestHash(offered)) || (follows(pinned, offered) && signedByTwo(offered, pinned.issuers));
}

/** Whether what a manifest says may come after what another says, whoever signs it. */
export function follows(pinned: ManifestBody, offered: ManifestBody): boolean {
  if (offered.town !== pinned.town || offered.serial <= pinned.serial) return false;
  if (pinned.receipts && !(offered.receipts && sameKey(offered.receipts.log, pinned.receipts.log))) return false;
  if (pinned.keyServers && !(offered.keyServers && equalPublic(offered.keyServers, pinned.keyServers))) return false;
  const known = new Map(offered.domains.map((domain) => [hex(domain.organisation), domain]));
  return pinned.domains.every((domain) => {
    const now = known.get(hex(domain.organisation));
    return now !== undefined && goesOn(domain, now);
  });
}

/** Whether the keys a domain had are those it had before, in their order, and perhaps later ones. */
function goesOn(before: Domain, now: Domain): boolean {
  const keysOf = ({ publicKey, retired = [] }: Domain) => [...retired, sha256(publicKey)];
  const [had, has] = [keysOf(before), keysOf(now)];
  if (!(had.length <= has.length && had.every((key, i) => equalPublic(key, has[i]!)))) return false;
  // Emergencies are founded once for each key, and end with it.
  return had.length < has.length || !before.emergency || (now.emergency !== undefined && equalPublic(before.emergency, now.emergency));
}

const sameKey = (a: NamedKey, b: NamedKey): boolean => a.name === b.name && equalPublic(a.key, b.key);

export function encodeManifest(manifest: Manifest): Bytes {
  return cbor([...parts(manifest), manifest.signatures.map(({ issuer, signature }) => [issuer, signature])]);
}

/** Reads a manifest's bytes strictly; `null` when they are none. Reading is not believing. */
export function decodeManifest(bytes: Bytes): Manifest | null {
  try {
    const fields = uncbor(bytes) as [string, number, Bytes[], EncodedDomain[], ...unknown[]];
    const [town, serial, issuers, domains] = fields;
    const signatures = fields.at(-1) as [number, Bytes][];
    const [listed, keyServers] = [fields.slice(4, -1)[0] as Named[] | undefined, fields.length === 7 ? (fields[5] as Bytes) : undefined];
    // A town that names key servers and keeps no receipts has an empty list in their place.
    const watch = listed === undefined || (keyServers && listed.length === 0) ? undefined : watchIn(listed);
    const sound =
      fields.length >= 5 &&
      fields.length <= 7 &&
      watch !== null &&
      (keyServers === undefined || (keyServers instanceof Uint8Array && keyServers.length > 0)) &&
      typeof town === 'string' &&
      Number.isSafeInteger(serial) &&
      issuers.length === 3 &&
      isBytesList(issuers, 32) &&
      Array.isArray(domains) &&
      domains.every(isDomain) &&
      Array.isArray(signatures) &&
      signatures.length <= 3 &&
      signatures.every((s) => s.length === 2 && Number.isSafeInteger(s[0]) && isBytes(s[1], 64));
    if (!sound) return null;
    return {
      town,
      serial,
      issuers,
      domains: domains.map(([organisation, name, publicKey, retired, emergency]) => ({
        organisation,
        name,
        publicKey,
        ...(retired && retired.length > 0 && { retired }),
        ...(emergency && { emergency }),
      })),
      ...(watch && { receipts: watch }),
      ...(keyServers && { keyServers }),
      signatures: signatures.map(([issuer, signature]) => ({ issuer, signature })),
    };
  } catch {
    return null;
  }
}

type EncodedDomain = [organisation: Bytes, name: string, publicKey: Bytes, retired?: Bytes[], emergency?: Bytes];

function isDomain([organisation, name, publicKey, retired, emergency, ...more]: EncodedDomain): boolean {
  const before = retired === undefined || (isBytesList(retired, 32) && (retired.length > 0 || emergency !== undefined));
  const after = emergency === undefined || isBytes(emergency, 16);
  return more.length === 0 && isBytes(organisation, 16) && typeof name === 'string' && publicKey instanceof Uint8Array && before && after;
}

type Named = [string, Bytes];

/** The log and its witnesses from a list that begins with the log; `null` when it is none. */
function watchIn(list: readonly Named[]): Watch | null {
  const sound =
    list.length > 0 &&
    list.every(
      (named) =>
        named.length === 2 && typeof named[0] === 'string' && named[0] !== '' && named[1] instanceof Uint8Array && named[1].length === 32,
    ) &&
    new Set(list.map(([name]) => name)).size === list.length;
  if (!sound) return null;
  const [log, ...witnesses] = list.map(([name, key]) => ({ name, key }));
  return { log: log!, witnesses };
}

/** A domain as a manifest holds it. */
export const domainParts = ({ organisation, name, publicKey, retired = [], emergency }: Domain): Cbor[] => [
  organisation,
  name,
  publicKey,
  ...(retired.length > 0 || emergency ? [[...retired]] : []),
  ...(emergency ? [emergency] : []),
];

const parts = ({ town, serial, issuers, domains, receipts, keyServers }: ManifestBody): Cbor[] => [
  town,
  serial,
  issuers,
  domains.map(domainParts),
  ...(receipts || keyServers ? [receipts ? [receipts.log, ...receipts.witnesses].map(({ name, key }) => [name, key]) : []] : []),
  ...(keyServers ? [keyServers] : []),
];
