/**
 * Sharing where no clinic mediates: through the key distribution servers, of which two of three must agree each time.
 *
 * The patient signs a grant, lays it at the three servers with the nodes it reaches, asks two of them for the nodes' keys as anybody
 * may whom the grant names, and lays a lock of kind `shared` at the cloud for each. Taking back is a word to the cloud, which deletes
 * the locks, and one to each server, which answers no more: the cloud or two of the servers are enough.
 *
 * @module
 */
import { asCareletError, CareletError, parseResource } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { type Consent, fromFhirConsent, type Recipient, toFhirConsent } from '@carelet/care/rules/sharing/consent';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Card } from '@carelet/crypto/cards/card';
import { mostNodes, type OwnChart } from '@carelet/crypto/kdc/asking';
import { hashOfLetter, readGrant, signEnd, signGrant } from '@carelet/crypto/kdc/grant';
import { nodeId } from '@carelet/crypto/records/tree';
import type { GivenGrant } from '../keyring/keyring.ts';
import { mustStand } from '../receipts/cards.ts';
import type { ChartRef } from '../records/reader.ts';
import { sharedWraps, type WrapNode } from '../records/wraps.ts';
import { allOrNone, cardAtCloud, chartsMeant, type Next, shownChart } from '../sharing/giving.ts';
import { layWraps } from '../sharing/lay.ts';
import { hasOwnSecrets, remember } from '../sharing/own.ts';
import { ownTrees } from '../sharing/own-trees.ts';
import type { Ended, SharingOptions } from '../sharing/share.ts';
import { ownerKeyOf, sealLetter } from './letter.ts';
import { nodesReached } from './nodes.ts';
import { type KeyServers, nodeKeys, servers } from './servers.ts';

/** Whom a patient lets read what, through the key servers. */
export type ServedShare = {
  /** The card number of whoever is let read. */
  readonly reader: Bytes;
  /** As her patient calls her. */
  readonly readerName: string;
  /** As what she is let read, a doctor unless told. */
  readonly as?: Recipient;
  readonly consent: Consent;
  /** The charts that are meant; all of the patient's unless told. */
  readonly charts?: readonly Bytes[];
  /** Numbers of the grants in whose place these are, as in `Share`. */
  readonly instead?: readonly Bytes[];
  /** Told as locks are made: how many of how many, chart by chart. */
  readonly progress?: (done: number, of: number) => void;
};

const op = 'share records';

/**
 * Shares through the key servers; gives a grant for each chart. When one of them cannot be given, none holds.
 *
 * @throws {CareletError} `invalid` for a consent that cannot be, or to oneself, `missing` for somebody the cloud does not know,
 *   `unavailable` where fewer than two of the servers answer, `tampered` for a card that does not fit
 */
export async function shareThroughServers(options: SharingOptions, wanted: ServedShare): Promise<GivenGrant[]> {
  const { reader: readerId, as = 'doctor', consent } = wanted;
  const keyServers = serversOf(options);
  const charts = await chartsMeant(options, { reader: readerId, consent, charts: wanted.charts });
  const reader = await cardAtCloud(options, readerId, as === 'carer' ? 'patient' : 'doctor');
  await mustStand(options, op, reader);
  await keyServers.found();
  await hasOwnSecrets(options);
  return allOrNone(
    options,
    charts,
    wanted.instead,
    (next) => shareChart(options, wanted, next, reader),
    (given) => endShared(options, given),
  );
}

const serversOf = ({ keyServers }: SharingOptions): KeyServers => {
  if (!keyServers) throw new CareletError('missing', op, { because: 'nobody knows where the key servers are' });
  return keyServers;
};

async function shareChart(
  options: SharingOptions,
  { consent, readerName, as, progress }: ServedShare,
  { chart, grant, ends }: Next,
  reader: Card,
): Promise<GivenGrant> {
  const { keyring, save, cloud, clock = Date.now } = options;
  const name = { grant, pat: chart.pat, owner: keyring.card.id };
  const words = { grant: hex(grant), patient: hex(keyring.card.id), doctor: hex(reader.id), doctorName: readerName, as };
  const text = JSON.stringify(toFhirConsent(consent, { ...words, given: new Date(clock()).toISOString() }));
  parseResource(JSON.parse(text));
  const letter = sealLetter(reader.hybridPk, name, { consent: text, patient: keyring.title, ownerKey: ownerKeyOf(keyring, name) });
  const issued = Math.floor(clock() / 1000);
  const notAfter = Date.parse(`${consent.until}T23:59:59Z`) / 1000;
  const body = signGrant(keyring.secrets.edSk, { ...name, reader: reader.id, issued, notAfter, letterHash: hashOfLetter(letter) });
  const given: GivenGrant = {
    ...{ grant, pat: chart.pat, doctor: reader.id, doctorName: readerName, mediator: new Uint8Array(), issued, notAfter, consent: text },
    holds: { cloud: true, mediator: true },
    servers: [true, true, true],
    ...(ends.length > 0 && { ends }),
  };
  // Remembered before it holds: whatever happens next, she can take it back.
  keyring.sharing.grants.push(given);
  await save();
  const { promise } = await cloud.kdc.grant({ grant: body, letter });
  remember(options, op, promise);
  await save();
  await lockFor(options, chart, given, body, progress);
  return given;
}

/** Makes the locks that a grant lacks, once two servers at least know its nodes; gives how many. */
async function lockFor(
  options: SharingOptions,
  chart: ChartRef,
  { grant, pat, consent: text }: GivenGrant,
  body: Bytes,
  progress: (done: number, of: number) => void = () => {},
): Promise<number> {
  const { keyring, cloud, clock = Date.now } = options;
  const consent = fromFhirConsent(JSON.parse(text));
  // What another copy of this keyring shared, that one makes the locks for.
  if (!consent) return 0;
  const there = (await cloud.kdc.nodes({ pat })).nodes.filter((node) => equalPublic(node.grant, grant)).map(({ nodeId }) => nodeId);
  const missing = nodesReached(consent, await ownTrees({ keyring, cloud }, chart), dayOf(clock()), new Set(there.map(hex)));
  const ids = missing.map(idOf);
  await layAtServers(options, chart, body, { there, missing: ids });
  const name = { grant, pat, owner: keyring.card.id };
  const ownerKey = ownerKeyOf(keyring, name);
  for (let at = 0; at < missing.length; at += mostNodes.ask) {
    const some = missing.slice(at, at + mostNodes.ask);
    const { keys } = await nodeKeys(
      { keyServers: serversOf(options), keyring, mathematics: options.mathematics },
      name,
      ids.slice(at, at + mostNodes.ask),
    );
    const wraps = sharedWraps(
      keyring,
      name,
      some.map((node, i) => ({ node, keys: { node: mustBeMade(keys[i]!), owner: ownerKey } })),
    );
    await layWraps(
      cloud,
      pat,
      some.map((node, i) => ({ node, wrap: wraps[i]! })),
    );
    progress(at + some.length, missing.length);
  }
  return missing.length;
}

function mustBeMade(key: Bytes | null): Bytes {
  if (key) return key;
  throw new CareletError('tampered', op, { because: 'fewer than two of the key servers answered truly' });
}

/**
 * Lays a grant with its nodes at the servers: what is new at each, and all of it at one that missed something.
 *
 * @throws {CareletError} where fewer than two of them take it
 */
async function layAtServers(
  options: SharingOptions,
  chart: ChartRef,
  body: Bytes,
  { there, missing }: { readonly there: readonly Bytes[]; readonly missing: readonly Bytes[] },
): Promise<void> {
  const keyServers = serversOf(options);
  const own = await shownChart(options, chart);
  const lay = async (server: number, nodes: readonly Bytes[]): Promise<number> => {
    let known = 0;
    for (let at = 0; at === 0 || at < nodes.length; at += mostNodes.lay) {
      const some = nodes.slice(at, at + mostNodes.lay);
      known = (await keyServers.say(server, { kind: 'lay', grant: body, ...own, nodes: some })).nodes;
    }
    return known;
  };
  const told = await Promise.allSettled(
    servers.map(async (server) => {
      if ((await lay(server, missing)) < there.length + missing.length) await lay(server, [...there, ...missing]);
    }),
  );
  const failed = told.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failed.length > 1) throw failed[0];
}

const idOf = ({ tree, period }: WrapNode): Bytes => nodeId(tree.id, period);

/**
 * Keeps open what one lets read of a chart through the key servers: makes the locks that are missing, and tells a server that was
 * away what it missed; gives how many locks.
 */
export async function renewShared(options: SharingOptions, chart: ChartRef): Promise<number> {
  const { keyring, cloud, clock = Date.now } = options;
  const given = keyring.sharing.grants.filter(
    ({ pat, holds, notAfter, servers: by }) =>
      by && equalPublic(pat, chart.pat) && holds.cloud && holds.mediator && notAfter > clock() / 1000,
  );
  if (given.length === 0 || !options.keyServers) return 0;
  const bodies = (await cloud.kdc.grants()).grants.flatMap(({ grant: body }) => {
    const read = readGrant(body, keyring.card);
    return read ? [{ body, number: read.grant }] : [];
  });
  let made = 0;
  for (const one of given) {
    const body = bodies.find(({ number }) => equalPublic(number, one.grant))?.body;
    if (body) made += await lockFor(options, chart, one, body);
  }
  return made;
}

/**
 * Tells the cloud and the key servers that a grant is over, and no more.
 *
 * @returns whether the cloud knows, and whether so many servers do that no two are left
 * @throws {CareletError} `unavailable` when so few could be reached that it still opens
 */
export async function endShared(options: SharingOptions, { grant, pat, servers: held = [] }: GivenGrant): Promise<Ended> {
  const { keyring, cloud, save, keyServers } = options;
  const end = signEnd(keyring.secrets.edSk, { grant, pat });
  const atCloud = async () => remember(options, 'take back', (await cloud.kdc.end({ pat, grant, end })).promise);
  const atServer = async (server: number) => {
    if (!keyServers) throw new CareletError('unavailable', 'take back', { because: 'nobody knows where the key servers are' });
    try {
      await keyServers.say(server, { kind: 'end', grant, pat, end });
    } catch (thrown) {
      // One that does not know the grant wants to hear whose chart it is. Older ones take every end.
      if (asCareletError(thrown, 'take back').kind !== 'denied') throw thrown;
      await keyServers.say(server, { kind: 'end', grant, pat, end, chart: await ownChart(options, pat) });
    }
  };
  // All are told, whatever is known of them: telling twice changes nothing, and an answer may have been lost.
  const told = await Promise.allSettled([atCloud(), ...servers.map(atServer)]);
  const [cloudKnows, ...serversKnow] = told.map(({ status }) => status === 'fulfilled');
  // Looked for again: meanwhile the keyring may have been brought together with another copy of it.
  const now = keyring.sharing.grants.find((one) => equalPublic(one.grant, grant))!;
  const left = servers.map((_, i) => (now.servers ?? held)[i]! && !serversKnow[i]);
  now.servers = left;
  now.holds = { cloud: now.holds.cloud && !cloudKnows, mediator: now.holds.mediator && left.filter(Boolean).length >= 2 };
  await save();
  // With one server's word alone the two others still answer.
  if (now.holds.cloud && now.holds.mediator) throw (told.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason;
  return { cloud: !now.holds.cloud, mediator: !now.holds.mediator };
}

/** That a chart is one's own, as its writer says. */
async function ownChart(options: SharingOptions, pat: Bytes): Promise<OwnChart> {
  const chart = (await options.cloud.records.charts()).charts.find((one) => equalPublic(one.pat, pat));
  if (!chart) throw new CareletError('missing', 'take back', { because: 'the cloud knows no such chart' });
  return shownChart(options, chart);
}
