/**
 * The receipts log, attacked: a cloud that owns its tables and its log's key does with them what it likes, and somebody notices.
 *
 * The cloud is the town's own, and what it does to its tables is done to its tables; what it answers differently is exchanged
 * on the way to whoever asked. After each attack everything is put back, also in the keyrings, which remember a lie.
 *
 * @module
 */
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { cloudletsOf } from '@carelet/client/cloudlets';
import type { KeyringFile } from '@carelet/client/keyring/file';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { type Cloud, connectCloud } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { ownReceipts } from '@carelet/client/receipts/own';
import { reader } from '@carelet/client/records/reader';
import { logKey } from '@carelet/cloud/receipts/key';
import { startCloud } from '@carelet/cloud/service';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { merkleRoot } from '@carelet/crypto/algebra/merkle';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { decodeCard } from '@carelet/crypto/cards/card';
import { openCheckpoint, signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { type CloudTables, cloudTables } from './cloud-tables.ts';
import { writeHeartRates } from './heart-rates.ts';
import { keyrings as keyringsIn } from './keyrings.ts';
import { settle } from './settle.ts';
import { cloudletPlaces, openTown } from './town.ts';

export type ReceiptsOptions = {
  /** An empty folder, used for this and then worthless. */
  readonly folder: string;
  readonly mathematics: Mathematics;
  /** `false` trades safety against power cuts for speed: tests only. */
  readonly durable?: boolean;
  /** Told what is being done, a line each. */
  readonly tell?: (line: string) => void;
};

/** One attack, who looked, and what they were told; nothing, where nobody noticed. */
export type Attack = { readonly attack: string; readonly by: string; readonly told: string | null };

export type ReceiptsProof = {
  /** What was told of the cloud before it lied: nothing, if the alarm is any good. */
  readonly honest: readonly string[];
  readonly attacks: readonly Attack[];
  readonly seconds: number;
};

const settlers = { organisations: ['harbour'], patients: ['ada'], doctors: ['dr-chen'] } as const;
const doctor = 'Dr Chen, reading';
const patient = 'Ada, going through her receipts';
const cloudTablesOf = [
  'shelf_eid',
  'shelf_qid',
  'shelf_mi',
  'posting',
  'posting_node',
  'node',
  'receipt',
  'card_receipt',
  'device_witness',
  'log',
  'log_node',
  'map_node',
  'unmapped',
];

/** Sets up, attacks, and says who noticed. */
export async function attackReceipts({ folder, mathematics, durable = true, tell = () => {} }: ReceiptsOptions): Promise<ReceiptsProof> {
  const began = performance.now();
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  await using town = await openTown({ folder, durable, clock });
  const keyrings = keyringsIn(join(folder, 'keyrings'), town.manifest, clock);
  tell('a town: Ada, her clinic, whose cloudlet watches the log, and Dr Chen, who may read');
  await settle({ town, keyrings, mathematics, clock, seed: 'receipts', tell: () => {}, only: settlers });
  const [ada, chen, clinic] = await Promise.all([
    keyrings.of('patient', 'ada', 'Ada Marlow'),
    keyrings.of('doctor', 'dr-chen', 'Dr Chen'),
    keyrings.of('organisation', 'harbour', 'Harbour Clinic'),
  ]);
  const cloudAs = ({ keyring }: KeyringFile) => connectCloud(town.addresses.cloud, keyring, clock);
  const chart = clinic.keyring.charts.find(({ owner }) => equalPublic(decodeCard(owner)!.id, ada.keyring.card.id))!;
  const write = (ids: readonly string[], from = 60) =>
    writeHeartRates({ clinic, cloud: cloudAs(clinic), mathematics, clock, chart, ids, from });
  await write(['prove-1', 'prove-2']);
  await write(['prove-1'], 90);
  await using tables = await cloudTables(town);
  const { sql } = tables;
  const log = await logKey(join(town.folder, 'keys', 'cloud'));

  /** What somebody is told who opens Ada's chart. */
  const reads = async (who = chen, cloud = cloudAs(who)): Promise<string[]> => {
    const cloudletOf = cloudletsOf(cloudletPlaces(town.addresses), who.keyring, clock);
    const read = reader({ keyring: who.keyring, cloud, cloudletOf, mathematics, clock });
    const found = (await read.charts()).find(({ pat }) => equalPublic(pat, chart.pat));
    if (!found) throw new CareletError('internal', 'prove receipts', { because: 'the chart is not in sight' });
    return (await read.open(found)).problems.map(({ what }) => what);
  };
  /** What Ada is told who goes through her receipts. */
  const goesThrough = async (cloud = cloudAs(ada)): Promise<readonly string[]> => {
    try {
      return (await ownReceipts({ keyring: ada.keyring, cloud, clock })).problems;
    } catch (thrown) {
      if (thrown instanceof CareletError && thrown.kind === 'tampered') return [thrown.because];
      throw thrown;
    }
  };
  await town.cloudlets.get('harbour')!.witness();
  const honest = [...(await reads()), ...(await reads(ada)), ...(await goesThrough())];

  const attacks: Attack[] = [];
  const attempt = async (attack: string, by: string, work: () => Promise<readonly string[]>): Promise<void> => {
    tell(attack);
    await putBackAfter(tables, [ada.keyring, chen.keyring, clinic.keyring], cloudAs(ada), async () => {
      const [told] = await work();
      attacks.push({ attack, by, told: told ?? null });
    });
  };
  const values = [chart.pat];

  await attempt('serves version 1 after version 2, and hides that there was one', doctor, async () => {
    const second = '(select posting_id from shelf_mi where pat = $1 and version = 2)';
    for (const table of ['posting_node', 'posting', 'shelf_mi']) await sql(`delete from ${table} where posting_id in ${second}`, values);
    return reads();
  });
  await attempt('drops a row, and all that was posted with it', doctor, async () => {
    const node = '(select node_id from shelf_mi where pat = $1 order by node_id limit 1)';
    for (const table of ['posting_node', 'shelf_mi']) await sql(`delete from ${table} where node_id in ${node}`, values);
    return reads();
  });
  await attempt('takes a receipt out of its log, and computes it anew', doctor, async () => {
    await sql('delete from receipt where place = 1');
    await sql('update receipt set place = null');
    for (const table of ['log', 'log_node', 'map_node']) await sql(`truncate ${table}`);
    await sql('insert into unmapped select pat, posting_id from posting');
    return reads();
  });
  await attempt('rewrites one receipt', patient, async () => {
    const newest = '(select max(place) from receipt where pat = $1 and posting_id is not null)';
    await sql(`update receipt set commitment = $2 where pat = $1 and place = ${newest}`, [chart.pat, systemRandom(32)]);
    return goesThrough();
  });
  await attempt('leaves a receipt out that it promised', doctor, async () => {
    const cloud = cloudAs(chen);
    const rows: Cloud['records']['rows'] = async (asked) => {
      const answer = await cloud.records.rows(asked);
      await sql('delete from receipt where place is null');
      return answer;
    };
    const first = await reads(chen, { ...cloud, records: { ...cloud.records, rows } });
    ahead += 61_000;
    return [...first, ...(await reads())];
  });
  await attempt('signs a second log of the same length', doctor, async () => {
    const cloud = cloudAs(chen);
    return reads(
      chen,
      withNodes(cloud, async (asked) => {
        const answer = await cloud.receipts.nodes(asked);
        const head = openCheckpoint(answer.note, log)!.checkpoint;
        return { ...answer, path: [], note: signCheckpoint(log, { ...head, root: merkleRoot([]) }) };
      }),
    );
  });
  await attempt('shows the log of before', doctor, async () => {
    const cloud = cloudAs(chen);
    const nodes = (await cloud.records.nodes({ pat: chart.pat })).nodes.map(({ nodeId }) => nodeId);
    const recorded = new Map<string, Awaited<ReturnType<typeof cloud.receipts.nodes>>>();
    for (const nodeId of nodes) recorded.set(hex(nodeId), await cloud.receipts.nodes({ pat: chart.pat, seen: 0, nodes: [nodeId] }));
    await write(['prove-3']);
    await reads();
    return reads(
      chen,
      withNodes(cloud, async ({ nodes: asked }) => {
        const proofs = asked.map((nodeId) => recorded.get(hex(nodeId))?.proofs[0] ?? new Uint8Array());
        return { ...[...recorded.values()][0]!, path: [], proofs };
      }),
    );
  });
  await attempt('signs with a key that the town does not name', doctor, async () => {
    const config = { databaseUrl: town.postgres.url(), host: '127.0.0.1', port: 0, nextFree: true, cors: [], logLevel: 'silent' as const };
    const posing = await startCloud({ ...config, authority: town.addresses.authority, keys: join(folder, 'posing'), clock });
    ahead += 61_000;
    try {
      return await reads(chen, connectCloud(posing.url, chen.keyring, clock));
    } finally {
      await posing.close();
    }
  });
  await attempt('hides a part of the chart from its owner', patient, async () => {
    const cloud = cloudAs(ada);
    const newest = `select n.node_id from posting_node n join receipt r on r.posting_id = n.posting_id
      where n.pat = $1 order by r.place desc limit 1`;
    const [hidden] = await sql<{ node_id: Bytes }>(newest, values);
    const nodes: Cloud['records']['nodes'] = async (asked) => {
      const answer = await cloud.records.nodes(asked);
      return { ...answer, nodes: answer.nodes.filter(({ nodeId }) => hex(nodeId) !== hex(hidden!.node_id)) };
    };
    return goesThrough({ ...cloud, records: { ...cloud.records, nodes } });
  });
  await attempt('shows a watching cloudlet another log than before', 'Harbour Clinic’s cloudlet, which keeps the proof', async () => {
    await town.cloudlets.get('harbour')!.witness();
    const [witnessed] = await sql<{ note: Bytes }>('select note from cloudlet_harbour.witnessed');
    const { checkpoint } = openCheckpoint(new Uint8Array(witnessed!.note), log)!;
    const time = Math.floor(clock() / 1000);
    const forged = signCheckpoint(log, { ...checkpoint, root: merkleRoot([]), time });
    await sql('update log set size = $1, note = $2, time = $3', [checkpoint.size, forged, time]);
    await town.cloudlets.get('harbour')!.witness();
    const [after] = await sql<{ fork: Bytes | null }>('select fork from cloudlet_harbour.witnessed');
    return after?.fork ? ['the cloud signed two logs that cannot both be true'] : [];
  });
  return { honest, attacks, seconds: (performance.now() - began) / 1000 };
}

/** The cloud, but for what it proves of nodes. */
const withNodes = (cloud: Cloud, nodes: Cloud['receipts']['nodes']): Cloud => ({ ...cloud, receipts: { ...cloud.receipts, nodes } });

/** Puts the cloud's tables and what keyrings remember back to what they are now, after whatever happens in between. */
export async function putBackAfter(
  { sql }: Pick<CloudTables, 'sql'>,
  keyrings: readonly Keyring[],
  cloud: Cloud,
  work: () => Promise<void>,
): Promise<void> {
  // What waits goes into the log before it is copied.
  await cloud.receipts.head({ seen: 0 });
  await sql('drop schema if exists kept cascade');
  await sql('create schema kept');
  for (const table of cloudTablesOf) await sql(`create table kept.${table} as table ${table}`);
  const memories = keyrings.map(({ receipts }) => ({
    receipts,
    seen: receipts.seen,
    due: [...receipts.due],
    owners: { ...receipts.owners },
    mediators: { ...receipts.mediators },
  }));
  try {
    await work();
  } finally {
    for (const table of cloudTablesOf) {
      await sql(`truncate ${table}`);
      await sql(`insert into ${table} select * from kept.${table}`);
    }
    for (const { receipts, ...before } of memories) Object.assign(receipts, before);
  }
}
