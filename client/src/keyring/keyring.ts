/**
 * A keyring: everything a person or an organisation holds, and nothing anyone else should.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, type Cbor, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { type Card, type CardKind, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { decodeManifest, encodeManifest, type Manifest } from '@carelet/crypto/cards/manifest';
import { type CardSecrets, newCard } from '@carelet/crypto/cards/owner';
import type { Tree } from '@carelet/crypto/records/tree';

/** A doctor's key for one organisation. */
export type DoctorKey = {
  readonly organisation: Bytes;
  readonly domain: Bytes;
  /** Her factors of two issuers, in the order of their places: of no use without the cloud's and the mediator's parts. */
  readonly factors: readonly Bytes[];
  /** The organisation whose cloudlet mediates. */
  readonly mediator: Bytes;
  readonly pq: Bytes;
  /** UTC seconds. */
  readonly notAfter: number;
  /** What the issuers signed for the cloud to see. */
  readonly entitlement: Bytes;
  readonly words: string;
};

/** What an organisation seals with. */
export type WriterKeys = {
  readonly domain: Bytes;
  readonly orgKey: Bytes;
  readonly pq: Bytes;
  /** The security domain of its emergencies, public; `null` where the town has none yet. */
  readonly emergency: Bytes | null;
};

/** A key tree of a chart, and the periods that hold records, so that a closing month gets its wrap. */
export type ChartTree = Tree & {
  readonly gen: number;
  periods: string[];
  /** How often the chart's owner had said limits when it began. */
  readonly limits: number;
};

/** A chart as the organisation that writes it holds it. */
export type WriterChart = {
  readonly pat: Bytes;
  readonly ridKey: Bytes;
  /** What the imported files call this patient; empty for the organisation's own directory. */
  references: string[];
  /** Names and numbers of the patient, to be cut out of free text. */
  words: readonly string[];
  /** The owner's card: the patient's, a cradle's, or the organisation's for its directory. */
  owner: Bytes;
  /** The secrets of a cradle, until the patient is linked. */
  cradle: CardSecrets | null;
  gen: number;
  /** By tree name, see `records/trees`. */
  trees: Record<string, ChartTree>;
  /** The last day its wraps were brought up to date. */
  renewed: string;
  /** The newest limits its owner said, so that nobody shows an older one; `null` before any. */
  limits: Bytes | null;
  /** The units whose doctors open who the patient is: those that had written here when its locks were made last. */
  units: readonly string[];
};

/** A grant as its patient remembers it. */
export type GivenGrant = {
  readonly grant: Bytes;
  readonly pat: Bytes;
  /** Whoever is let read: a doctor, a carer or a team (`recipientOf` of the consent says which). */
  readonly doctor: Bytes;
  readonly doctorName: string;
  /** The organisation whose cloudlet mediates; nobody's, empty, for a grant through the key servers. */
  readonly mediator: Bytes;
  /** UTC seconds. */
  readonly issued: number;
  readonly notAfter: number;
  /** The FHIR Consent she signed, as JSON. */
  readonly consent: string;
  /** Where it may still hold: both when it was made, none once both said that it is over. */
  holds: { cloud: boolean; mediator: boolean };
  /** Of a grant through the key servers: at which of the three it may still hold. `holds.mediator` is then whether at two of them. */
  servers?: readonly boolean[];
  /** Numbers of the grants in whose place it was given: what of them holds still ends as soon as this one does hold. */
  ends?: readonly Bytes[];
};

/** What somebody holds for consent. */
export type SharingKeys = {
  /** A patient's: the root of her scopes' secrets, and her K_pq. */
  patient: { readonly root: Bytes; readonly pq: Bytes } | null;
  /** A doctor's or a carer's half of every key she is given, and what she shows of it. */
  half: { readonly secret: Bytes; readonly delegate: Bytes } | null;
  /**
   * By chart and category: the end of each chain of scope states she published, so that nobody can show her an older one. Of limits also
   * the word itself, to be said again to a cloud that forgot it.
   */
  heads: Record<string, { readonly gen: number; readonly hash: Bytes; readonly said?: Bytes }>;
  grants: GivenGrant[];
};

/** A team of an organisation's doctors, as the organisation holds it; of several of one name the last is the one there is now. */
export type OwnTeam = {
  readonly name: string;
  /** Whether it is the whole organisation. */
  readonly whole: boolean;
  /** What policies for single patients name where somebody is in it: the same for those that follow one another. */
  readonly pseudonym: Bytes;
  /** Whose doctors are members: units as policies name them. */
  readonly units: readonly string[];
  /** What every member has. */
  readonly secret: Bytes;
  readonly card: Card;
  /** The team before it. */
  readonly follows: Bytes | null;
};

/** What somebody remembers of the cloud's receipts log. */
export type WatchedLog = {
  /** The last checkpoint it was shown, so that nobody can show it an older log. */
  seen: Bytes | null;
  /** Promises that were not seen kept yet. */
  due: Bytes[];
  /** When the devices of charts' owners signed the log, as far as it was shown: UTC seconds, by card number in hex. */
  owners: Record<string, number>;
  /** The last checkpoint each mediator's own log was shown under, by its organisation's card number in hex. */
  mediators: Record<string, Bytes>;
  /** By the number of an emergency in hex: when the newest word of its hospital was said, UTC seconds, so that nobody can show an older one. */
  reviews: Record<string, number>;
};

/** What somebody remembers who has not looked yet. */
export const nothingSeen = (): WatchedLog => ({ seen: null, due: [], owners: {}, mediators: {}, reviews: {} });

/** What somebody remembers of the log, as it lies in a keyring. */
export const encodeSeen = ({ seen, due, owners, mediators, reviews }: WatchedLog): Cbor => [seen, due, owners, mediators, reviews];

/** As `encodeSeen` wrote it; what was not remembered once is not there. */
export type EncodedSeen = [Bytes | null, Bytes[], Record<string, number>?, Record<string, Bytes>?, Record<string, number>?];

/** Reads what `encodeSeen` wrote. */
export const decodeSeen = ([seen, due, owners = {}, mediators = {}, reviews = {}]: EncodedSeen): WatchedLog => ({
  seen,
  due: [...due],
  owners: { ...owners },
  mediators: { ...mediators },
  reviews: { ...reviews },
});

export type Keyring = {
  /** Short name, as in `--as ada`. */
  readonly name: string;
  /** As people say it. */
  readonly title: string;
  card: Card;
  readonly secrets: CardSecrets;
  /** The manifest this keyring started from, or a successor of it. */
  manifest: Manifest;
  doctorKeys: DoctorKey[];
  /** Keys of no use before the glass is broken, each under the number of its organisation's emergencies. */
  emergencyKeys: DoctorKey[];
  writer: WriterKeys | null;
  charts: WriterChart[];
  /** Node keys opened before, by nodeId in hex: a second look costs no decapsulation. */
  opened: Record<string, Bytes>;
  sharing: SharingKeys;
  receipts: WatchedLog;
  /** An organisation's. */
  teams: OwnTeam[];
  /** The organisation at which a doctor goes by this number; `null` as long as she did not say. */
  at: Bytes | null;
  /** A doctor's, of the numbers she goes by elsewhere (`numbers.ts`); they have none in turn. */
  elsewhere: Keyring[];
};

/**
 * Version 1 knew no consent, version 2 no receipts, version 4 no emergencies, version 5 no teams and no limits, version 6 one number of a
 * doctor; until version 3 doctors' keys were whole, and are not taken over.
 */
const version = 7;

/** What a keyring holds for consent before there was any. */
export const nothingShared = (): SharingKeys => ({ patient: null, half: null, heads: {}, grants: [] });

/**
 * A new keyring with a card of its own.
 *
 * @param expiry of the card, UTC seconds
 */
export function newKeyring(kind: CardKind, name: string, title: string, manifest: Manifest, expiry: number): Keyring {
  const { card, secrets } = newCard(kind, expiry);
  return {
    name,
    title,
    card,
    secrets,
    manifest,
    doctorKeys: [],
    emergencyKeys: [],
    writer: null,
    charts: [],
    opened: {},
    sharing: nothingShared(),
    receipts: nothingSeen(),
    teams: [],
    at: null,
    elsewhere: [],
  };
}

/** The keyring's content, to be locked before it rests anywhere. */
export function encodeKeyring(keyring: Keyring): Bytes {
  const { name, title, card, secrets, manifest, doctorKeys, emergencyKeys, writer, charts, opened, sharing, receipts, teams } = keyring;
  const { at, elsewhere } = keyring;
  return cbor([
    version,
    name,
    title,
    encodeCard(card),
    encodeSecrets(secrets),
    encodeManifest(manifest),
    encodeDoctorKeys(doctorKeys),
    writer && [writer.domain, writer.orgKey, writer.pq, writer.emergency],
    charts.map((chart) => [
      chart.pat,
      chart.ridKey,
      chart.references,
      chart.words,
      chart.owner,
      chart.cradle && encodeSecrets(chart.cradle),
      chart.gen,
      Object.fromEntries(
        Object.entries(chart.trees).map(([tree, { id, root, gen, periods, limits }]) => [tree, [id, root, gen, periods, limits]]),
      ),
      chart.renewed,
      chart.limits,
      [...chart.units],
    ]),
    opened,
    encodeSharing(sharing),
    encodeSeen(receipts),
    encodeDoctorKeys(emergencyKeys),
    teams.map(({ name: called, whole, pseudonym, units, secret, card: of, follows }) => [
      ...[called, whole, pseudonym, [...units]],
      ...[secret, encodeCard(of), follows],
    ]),
    at,
    elsewhere.map(encodeKeyring),
  ]);
}

/** Reads a keyring's content; it was authenticated by its lock, so only its version can be strange. */
export function decodeKeyring(content: Bytes): Keyring {
  const fields = uncbor(content) as Cbor[];
  if (!Array.isArray(fields) || !(typeof fields[0] === 'number' && fields[0] >= 1 && fields[0] <= version)) {
    throw new CareletError('invalid', 'read keyring', { because: 'a newer version of Carelet wrote it' });
  }
  const [
    of,
    name,
    title,
    card,
    secrets,
    manifest,
    doctorKeys,
    writer,
    charts,
    opened,
    sharing,
    receipts,
    emergencyKeys,
    teams,
    at,
    elsewhere,
  ] = fields as [
    number,
    string,
    string,
    Bytes,
    Bytes[],
    Bytes,
    EncodedDoctorKey[],
    [Bytes, Bytes, Bytes, (Bytes | null)?] | null,
    [
      Bytes,
      Bytes,
      string[],
      string[],
      Bytes,
      Bytes[] | null,
      number,
      Record<string, [Bytes, Bytes, number, string[], number?]>,
      string,
      (Bytes | null)?,
      string[]?,
    ][],
    Record<string, Bytes>,
    EncodedSharing,
    EncodedSeen,
    EncodedDoctorKey[]?,
    [string, boolean, Bytes, string[], Bytes, Bytes, Bytes | null][]?,
    (Bytes | null)?,
    Bytes[]?,
  ];
  return {
    name,
    title,
    card: decodeCard(card)!,
    secrets: decodeSecrets(secrets),
    manifest: decodeManifest(manifest)!,
    doctorKeys: of < 4 ? [] : decodeDoctorKeys(doctorKeys),
    emergencyKeys: decodeDoctorKeys(emergencyKeys ?? []),
    writer: writer && { domain: writer[0], orgKey: writer[1], pq: writer[2], emergency: writer[3] ?? null },
    charts: charts.map(([pat, ridKey, references, words, owner, cradle, gen, trees, renewed, limits, units]) => ({
      pat,
      ridKey,
      references,
      words,
      owner,
      cradle: cradle && decodeSecrets(cradle),
      gen,
      trees: Object.fromEntries(
        Object.entries(trees).map(([tree, [id, root, treeGen, periods, said]]) => [
          tree,
          { id, root, gen: treeGen, periods, limits: said ?? 0 },
        ]),
      ),
      renewed,
      limits: limits ?? null,
      units: units ?? [],
    })),
    opened: { ...opened },
    sharing: of === 1 ? nothingShared() : decodeSharing(sharing),
    receipts: of < 3 ? nothingSeen() : decodeSeen(receipts),
    teams: (teams ?? []).map(([called, whole, pseudonym, units, secret, of, follows]) => ({
      ...{ name: called, whole, pseudonym, units, secret, follows },
      card: decodeCard(of)!,
    })),
    at: at ?? null,
    elsewhere: (elsewhere ?? []).map(decodeKeyring),
  };
}

/** A doctor's keys as they lie in a keyring. */
export const encodeDoctorKeys = (keys: readonly DoctorKey[]): Cbor =>
  keys.map((key) => [key.organisation, key.domain, key.factors, key.mediator, key.pq, key.notAfter, key.entitlement, key.words]);

export type EncodedDoctorKey = [Bytes, Bytes, Bytes[], Bytes, Bytes, number, Bytes, string];

/** Reads what `encodeDoctorKeys` wrote. */
export const decodeDoctorKeys = (keys: readonly EncodedDoctorKey[]): DoctorKey[] =>
  keys.map(([organisation, domain, factors, mediator, pq, notAfter, entitlement, words]) => ({
    organisation,
    domain,
    factors,
    mediator,
    pq,
    notAfter,
    entitlement,
    words,
  }));

/** What somebody holds for consent, as it lies in a keyring. */
export const encodeSharing = ({ patient, half, heads, grants }: SharingKeys): Cbor => [
  patient && [patient.root, patient.pq],
  half && [half.secret, half.delegate],
  Object.fromEntries(Object.entries(heads).map(([name, { gen, hash, said }]) => [name, [gen, hash, ...(said ? [said] : [])]])),
  grants.map(({ grant, pat, doctor, doctorName, mediator, issued, notAfter, consent, holds, servers, ends }) => [
    grant,
    pat,
    doctor,
    doctorName,
    mediator,
    issued,
    notAfter,
    consent,
    [holds.cloud, holds.mediator, ...(servers ? [[...servers]] : [])],
    ...(ends ? [[...ends]] : []),
  ]),
];

export type EncodedSharing = [
  [Bytes, Bytes] | null,
  [Bytes, Bytes] | null,
  Record<string, [number, Bytes, Bytes?]>,
  [Bytes, Bytes, Bytes, string, Bytes, number, number, string, [boolean, boolean, boolean[]?], Bytes[]?][],
];

/** Reads what `encodeSharing` wrote. */
export const decodeSharing = ([patient, half, heads, grants]: EncodedSharing): SharingKeys => ({
  patient: patient && { root: patient[0], pq: patient[1] },
  half: half && { secret: half[0], delegate: half[1] },
  heads: Object.fromEntries(Object.entries(heads).map(([name, [gen, hash, said]]) => [name, { gen, hash, ...(said && { said }) }])),
  grants: grants.map(([grant, pat, doctor, doctorName, mediator, issued, notAfter, consent, [cloud, mediated, servers], ends]) => ({
    grant,
    pat,
    doctor,
    doctorName,
    mediator,
    issued,
    notAfter,
    consent,
    holds: { cloud, mediator: mediated },
    ...(servers && { servers }),
    ...(ends && { ends: [...ends] }),
  })),
});

/** Keyrings print as their name and card, never as their keys. */
export const describeKeyring = ({ name, card }: Keyring): string => `${name} (${card.kind} ${hex(card.id).slice(0, 8)})`;

const encodeSecrets = ({ hybridSk, edSk }: CardSecrets): Cbor => [hybridSk, edSk];
const decodeSecrets = ([hybridSk, edSk]: Bytes[]): CardSecrets => ({ hybridSk: hybridSk!, edSk: edSk! });
