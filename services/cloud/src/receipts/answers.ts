/**
 * What the log and the map answer: proofs, under the newest checkpoint.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, hex } from '@carelet/crypto/algebra/bytes';
import type { NamedKey } from '@carelet/crypto/algebra/sign';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import { cardNode } from '@carelet/crypto/receipts/cards';
import { openCheckpoint, readCheckpoint, readHead, witnessesOf } from '@carelet/crypto/receipts/checkpoint';
import { proveConsistency, proveInclusion } from '@carelet/crypto/receipts/log';
import { encodeMapProof, proveNodes } from '@carelet/crypto/receipts/map';
import { decodeNote, encodeNote } from '@carelet/crypto/receipts/note';
import { transaction } from '@carelet/ground/database';
import { logStore } from '@carelet/ground/log-store';
import type { KnownCaller } from '@carelet/ground/login';
import type { Town } from '@carelet/ground/town';
import { type Kysely, sql } from 'kysely';
import { opensSomething, sightOf } from '../access.ts';
import type { CloudTables } from '../schema.ts';
import { notYours } from '../wraps.ts';
import type { Book, Standing } from './book.ts';
import { receiptsOfCards } from './cards.ts';
import { keepSigned, signedByOwner } from './devices.ts';
import { mapStore } from './stores.ts';

type Receipts = RoleOf<typeof cloudContract>['receipts'];

/** Receipts in one answer. */
const atOnce = 200;

/** @param now UTC seconds */
export function receipts(
  { db, book, town, log: own, now }: { db: Kysely<CloudTables>; book: Book; town: Town; log: NamedKey; now: () => number },
  caller: KnownCaller,
): Receipts {
  const log = logStore(db);

  const headOf = async ({ size, note, witnessed }: Standing, seen: number) => {
    // Who saw more than there is gets no proof that this goes on from it, for there is none.
    const path = seen <= size ? await proveConsistency(log, seen, size) : [];
    const before = witnessed && readHead(decodeNote(witnessed)!.text);
    return {
      note,
      path,
      witnessed: before && before.size <= size ? { note: witnessed, path: await proveConsistency(log, before.size, size) } : null,
    };
  };

  const ownChart = async (pat: Bytes) => {
    const chart = await db.selectFrom('chart').select('owner').where('pat', '=', pat).executeTakeFirst();
    if (!chart || !equal(chart.owner, caller.id)) throw notYours('list receipts');
  };

  return {
    head: async ({ seen }) => headOf(await book.standing(), seen),

    async cosign({ note }) {
      const signed = openCheckpoint(note, own);
      const by = async (manifest: Manifest) =>
        (signed && manifest.receipts ? witnessesOf(signed.note, manifest.receipts.witnesses) : null) ?? [];
      const found = await by(await town.manifest());
      const lines = found.length > 0 ? found : await by(await town.refresh());
      if (!signed || lines.length === 0)
        throw new CareletError('denied', 'take a witness’s signature', { because: 'no witness of this town signed this log' });
      await transaction(db, async (within) => {
        const state = await within.selectFrom('log').selectAll().forUpdate().executeTakeFirst();
        const before = state?.witnessed ? decodeNote(state.witnessed) : null;
        const last = before && readCheckpoint(before.text);
        if (last && last.time > signed.checkpoint.time) return;
        // Several witnesses of one checkpoint stand below it together.
        const also = before?.text === signed.note.text ? before.lines : [];
        const theirs = signed.note.lines.filter(({ name }) => name === own.name || lines.some((witness) => witness.name === name));
        const fresh = theirs.filter((line) => !also.some((one) => one.name === line.name && equal(one.id, line.id)));
        const witnessed = encodeNote({ text: signed.note.text, lines: [...also, ...fresh] });
        await within.updateTable('log').set({ witnessed }).execute();
      });
    },

    async nodes({ pat, nodes, seen }) {
      const sight = await sightOf(db, caller, pat, now());
      // When her device looked last is told to those who see something of this very chart.
      if (sight.kind === 'nothing' || (sight.kind === 'some' && !(await opensSomething(db, pat, sight)))) throw notYours('prove nodes');
      // Before the log is looked at, which therefore goes on from it.
      const signed = await signedByOwner(db, pat);
      const standing = await book.standing();
      const proofs = await proveNodes(mapStore(db), standing.map, nodes);
      const grown = signed && signed.size <= standing.size;
      const owner = signed && { ...signed.by, path: grown ? await proveConsistency(log, signed.size, standing.size) : [] };
      return { ...(await headOf(standing, seen)), proofs: proofs.map(encodeMapProof), owner };
    },

    async sign(signed) {
      await keepSigned(db, caller, own, signed, now());
    },

    async cards({ ids, seen }) {
      const standing = await book.standing();
      const proofs = await proveNodes(mapStore(db), standing.map, ids.map(cardNode));
      const taken = await receiptsOfCards(db, ids, standing.size);
      const shown = ids.map(async (id, i) => ({
        taken: await Promise.all(
          (taken.get(hex(id)) ?? []).map(async ({ body, place }) => {
            return { receipt: body, place, path: await proveInclusion(log, place, standing.size) };
          }),
        ),
        proof: encodeMapProof(proofs[i]!),
      }));
      return { ...(await headOf(standing, seen)), cards: await Promise.all(shown) };
    },

    async included({ commitments, seen }) {
      const standing = await book.standing();
      const rows = await db
        .selectFrom('receipt')
        .select(['commitment', 'place'])
        .where('commitment', '=', sql<Bytes>`any(${commitments}::bytea[])`)
        .execute();
      const places = new Map(rows.map(({ commitment, place }) => [hex(commitment), place]));
      const found = commitments.map(async (commitment) => {
        const place = places.get(hex(commitment)) ?? null;
        return place === null || place >= standing.size ? null : { place, path: await proveInclusion(log, place, standing.size) };
      });
      return { ...(await headOf(standing, seen)), found: await Promise.all(found) };
    },

    async witnessed({ pat, places, nodes }) {
      await ownChart(pat);
      const { witnessed } = await book.standing();
      const at = witnessed && readCheckpoint(decodeNote(witnessed)!.text);
      if (!at) throw new CareletError('missing', 'prove receipts', { because: 'no witness has signed the log yet' });
      if (places.some((place) => place >= at.size))
        throw new CareletError('invalid', 'prove receipts', { because: 'a receipt is newer than what a witness signed' });
      const proofs = nodes.length === 0 ? [] : await proveNodes(mapStore(db), at.map, nodes);
      return {
        note: witnessed,
        paths: await Promise.all(places.map((place) => proveInclusion(log, place, at.size))),
        proofs: proofs.map(encodeMapProof),
      };
    },

    async list({ pat, after, seen }) {
      await ownChart(pat);
      const standing = await book.standing();
      const rows = await db
        .selectFrom('receipt')
        .select(['commitment', 'sealed', 'place'])
        .where('pat', '=', pat)
        .where('place', '>', after ?? -1)
        .where('place', '<', standing.size)
        .orderBy('place')
        .limit(atOnce + 1)
        .execute();
      const some = rows.slice(0, atOnce).map(async ({ commitment, sealed, place }) => {
        if (place === null) throw new CareletError('internal', 'list receipts', { because: 'a receipt has no place' });
        return { commitment, sealed, place, path: await proveInclusion(log, place, standing.size) };
      });
      return { ...(await headOf(standing, seen)), receipts: await Promise.all(some), more: rows.length > atOnce };
    },
  };
}
