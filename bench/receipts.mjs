// What receipts cost: appending to the log, proving, and checking what an answer says against the map.
//
// The log's nodes lie in memory, and then in a PostgreSQL that writes to disk, by the cloud's own book: leaves that wait written
// down a batch at a time with map and checkpoint, and acts that each leave one in a transaction of their own. `theirs` of the first
// line hashes the leaves and nothing else, of the book's is the same log in memory; of the check of 10,000 rows, hashes each row as
// somebody must who compares them at all.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { newKeyring } from '@carelet/client/keyring/keyring';
import { bookOf } from '@carelet/cloud/receipts/book';
import { logKey } from '@carelet/cloud/receipts/key';
import { migrations } from '@carelet/cloud/schema';
import { cbor } from '@carelet/crypto/algebra/bytes';
import { merkleLeaf } from '@carelet/crypto/algebra/merkle';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { encodeCard } from '@carelet/crypto/cards/card';
import { signManifest } from '@carelet/crypto/cards/manifest';
import { commitment, leafHash, nothing, receiptOf } from '@carelet/crypto/receipts/leaf';
import {
  append,
  emptyRange,
  proveConsistency,
  proveInclusion,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '@carelet/crypto/receipts/log';
import { emptyMap, holds, nodeState, proveNodes, update, verifyNode } from '@carelet/crypto/receipts/map';
import { logInMemory, mapInMemory } from '@carelet/crypto/receipts/memory';
import { openDatabase, transaction } from '@carelet/ground/database';
import { startPostgres } from '@carelet/ground/postgres';
import { scratch } from '@carelet/testbed/scratch';
import { sql } from 'kysely';
import { each, figure, interleaved, size, timed } from './kit.mjs';

export const says = 'the receipts log and its map: appending, proving, checking';

const count = size(1_000_000, 2000);
const batch = size(1000, 100);
const nodesInMap = size(100_000, 500);
const rowsOfMonth = size(10_000, 100);

export async function* run() {
  // A commitment is a hash like any other; what it costs to make one is the last line of these.
  const random = seededRandom('receipts');
  const pool = randomBytes(32 * count);
  const committed = (i) => pool.subarray(32 * i, 32 * i + 32);
  const log = await filled(committed);
  const appended = await interleaved(
    {
      ours: async () => (count / (await filled(committed)).took) * 1000,
      theirs: () => {
        const began = performance.now();
        for (let i = 0; i < count; i++) leafHash(committed(i));
        return (count / (performance.now() - began)) * 1000;
      },
    },
    size(3, 1),
  );
  yield figure(`append ${count.toLocaleString('en')} leaves, ${batch} at a time`, 'leaves/s', appended.ours, appended.theirs, '≥ 20,000');

  yield* kept();

  const { store, range } = log;
  const root = rootOf(range);
  const somewhere = (i) => (i * 7919) % count;
  const old = append(
    emptyRange,
    Array.from({ length: Math.floor(count / 3) }, (_, i) => leafHash(committed(i))),
  ).range;
  const path = await proveInclusion(store, somewhere(1), count);
  const grown = await proveConsistency(store, old.size, count);
  const proofs = await each({
    included: (i) => proveInclusion(store, somewhere(i), count),
    consistent: (i) => proveConsistency(store, 1 + somewhere(i), count),
    checked: () => must(verifyInclusion(leafHash(committed(somewhere(1))), somewhere(1), count, path, root)),
    checkedBoth: () => must(verifyConsistency(old.size, rootOf(old), count, root, grown)),
  });
  yield figure('prove that a leaf is in it', 'µs', proofs.included, null, '≤ 1,000');
  yield figure('prove that it goes on from any size', 'µs', proofs.consistent, null, '≤ 1,000');
  yield figure('check that a leaf is in it', 'µs', proofs.checked);
  yield figure('check that it goes on', 'µs', proofs.checkedBoth);

  const map = await mapped(random);
  const made = await each(
    {
      update: (i) => update(map.store, map.root, [{ nodeId: map.ids[i % map.ids.length], state: { count: i, root: nothing } }]),
      proved: (i) => proveNodes(map.store, map.root, [map.ids[somewhere(i) % map.ids.length]]),
      checked: () => must(verifyNode(map.root, map.ids[0], map.proof)?.kind === 'present'),
      receipt: (i) => commitment(receiptOf({ ...act, nodes: [map.ids[0]], time: i }, random)),
    },
    { rounds: size(9, 2), times: size(100, 5) },
  );
  const whole = `a map of ${nodesInMap.toLocaleString('en')} nodes`;
  yield figure(`change one node of ${whole}`, 'µs', made.update);
  yield figure(`prove one node of ${whole}`, 'µs', made.proved, null, '≤ 1,000');
  yield figure(`check one node of ${whole}`, 'µs', made.checked);
  yield figure('make a receipt and its commitment', 'µs', made.receipt);

  const checked = await interleaved(
    {
      ours: () => must(holds(map.root, map.month, map.rows, map.proof)),
      theirs: () => {
        for (const { rowId, version, ctHash } of map.rows) merkleLeaf(cbor([rowId, version, ctHash]));
      },
    },
    size(9, 2),
  );
  yield figure(`check a month of ${rowsOfMonth.toLocaleString('en')} rows with one proof`, 'ms', checked.ours, checked.theirs);
}

/** The cloud's own book, in a PostgreSQL of its own. */
async function* kept() {
  const folder = scratch();
  let postgres;
  let db;
  try {
    postgres = await startPostgres({ dataDir: join(folder.path, 'postgres') });
    folder.also(postgres.folder);
    db = await openDatabase({ url: postgres.url(), schema: 'cloud', migrations });
    const book = bookOf(db, await logKey(folder.path), () => Math.floor(Date.now() / 1000));
    const pat = randomBytes(16);
    const owner = ownerCard();
    await sql`insert into card (card_id, serial, kind, body) values (${owner.id}, ${owner.serial}, ${owner.kind}, ${encodeCard(owner)})`.execute(
      db,
    );
    await sql`insert into chart (pat, writer, owner, deed) values (${pat}, ${owner.id}, ${owner.id}, ${nothing})`.execute(db);

    const waits = async () => {
      // A receipt that was sealed to its chart's owner is about this long.
      const rows = Array.from({ length: batch }, () => [randomBytes(32), randomBytes(1600)]);
      await sql`insert into receipt (pat, commitment, time, sealed) select ${pat}, commitment, 0, sealed from unnest(
        ${rows.map(([committed]) => committed)}::bytea[], ${rows.map(([, sealed]) => sealed)}::bytea[]) as new (commitment, sealed)`.execute(
        db,
      );
    };
    const memory = { store: logInMemory(), range: emptyRange };
    const rates = await interleaved(
      {
        ours: async () => {
          await waits();
          return (batch * 1000) / (await timed(() => book.write()));
        },
        theirs: async () => {
          const leaves = Array.from({ length: batch }, () => leafHash(randomBytes(32)));
          const ms = await timed(async () => {
            const { range, nodes } = append(memory.range, leaves);
            await memory.store.put(nodes);
            memory.range = range;
          });
          return (batch * 1000) / ms;
        },
      },
      size(25, 2),
    );
    yield figure(`the cloud’s book in PostgreSQL, ${batch} that wait at a time`, 'leaves/s', rates.ours, rates.theirs, '≥ 20,000');

    const acts = size(1000, 10);
    const left = await interleaved(
      {
        ours: async () => {
          const ms = await timed(async () => {
            const leave = () => transaction(db, (within) => book.leave(within, pat, { kind: 'posting', actor: owner.id }));
            let next = 0;
            const one = async () => {
              while (next++ < acts) await leave();
            };
            await Promise.all(Array.from({ length: 8 }, one));
            await book.write();
          });
          return (acts * 1000) / ms;
        },
      },
      size(5, 1),
    );
    yield figure(`the same left by ${acts.toLocaleString('en')} acts, eight at once, and written down`, 'leaves/s', left.ours);
  } finally {
    await db?.destroy();
    await postgres?.stop();
    folder[Symbol.dispose]();
  }
}

/** The card of somebody who owns a chart. */
function ownerCard() {
  const random = seededRandom('receipts/owner');
  const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
  const body = { town: 'bench', serial: 1, issuers: issuers.map((key) => key.public), domains: [] };
  return newKeyring('patient', 'ada', 'Ada', signManifest(body, issuers.slice(0, 2)), 2_000_000_000).card;
}

const act = { kind: 'posting', actor: new Uint8Array(16), scope: 'l:0', rows: nothing, version: 1, policy: nothing };

async function filled(committed) {
  const store = logInMemory();
  let range = emptyRange;
  const began = performance.now();
  while (range.size < count) {
    const leaves = Array.from({ length: Math.min(batch, count - range.size) }, (_, i) => leafHash(committed(range.size + i)));
    const { range: grown, nodes } = append(range, leaves);
    await store.put(nodes);
    range = grown;
  }
  return { store, range, took: performance.now() - began };
}

async function mapped(random) {
  const store = mapInMemory();
  const ids = Array.from({ length: nodesInMap }, () => random(16));
  const month = ids[0];
  const rows = Array.from({ length: rowsOfMonth }, () => ({ rowId: random(16), version: 1, ctHash: random(32) }));
  const changes = ids.map((nodeId) => ({ nodeId, state: nodeId === month ? nodeState(rows) : { count: 1, root: nothing } }));
  const { root, nodes } = await update(store, emptyMap, changes);
  await store.put(nodes);
  const [proof] = await proveNodes(store, root, [month]);
  return { store, root, ids, month, rows, proof };
}

function must(held) {
  if (!held) throw new Error('a proof of our own does not hold');
}
