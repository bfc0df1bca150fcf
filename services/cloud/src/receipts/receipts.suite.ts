import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { encodeCard } from '@carelet/crypto/cards/card';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { openCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { commitment, decodeReceipt, leafHash, type Receipt, receiptContext } from '@carelet/crypto/receipts/leaf';
import { verifyInclusion } from '@carelet/crypto/receipts/log';
import { decodeMapProof, holds, verifyNode } from '@carelet/crypto/receipts/map';
import { decodePromise, judgePromise, verifyPromise } from '@carelet/crypto/receipts/promise';
import { postedRoot } from '@carelet/crypto/receipts/replay';
import { follow } from '@carelet/crypto/receipts/witness';
import type { Row } from '@carelet/crypto/records/row';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, type Tools, toolsOf, type World } from '../cloud.testing.ts';

export function receiptsSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place} leaves receipts`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let pat: Bytes;
    let root: Bytes;
    let tools: Tools;
    const now = () => Math.floor(world.clock.now / 1000);
    const state = ({ rowId, version, ct }: Row) => ({ rowId, version, ctHash: sha256(ct) });
    const checkpointOf = ({ note }: { note: Bytes }) => openCheckpoint(note, world.log)!.checkpoint;

    beforeAll(async () => {
      world = await open();
      [northgate, ada] = [world.person('organisation'), world.person('patient')];
      await ada.cloud.login.present({ card: encodeCard(ada.card), with: [] });
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      root = id();
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    /** Everything the owner finds in a chart of hers, each opened, and held against the log. */
    async function receiptsOf(of = pat): Promise<Receipt[]> {
      const found: Receipt[] = [];
      for (let after: number | undefined; ; ) {
        const page = await ada.cloud.receipts.list({ pat: of, seen: 0, ...(after !== undefined && { after }) });
        const { size, root } = checkpointOf(page);
        for (const { commitment: committed, sealed, place, path } of page.receipts) {
          const receipt = decodeReceipt(openWith(ada.secrets.hybridSk, receiptContext(of, committed), sealed)!)!;
          expect(commitment(receipt)).toEqual(committed);
          expect(verifyInclusion(leafHash(committed), place, size, path, root)).toBe(true);
          found.push(receipt);
        }
        after = page.receipts.at(-1)?.place;
        if (!page.more) return found;
      }
    }

    async function proven(node: Bytes) {
      const answer = await ada.cloud.receipts.nodes({ pat, nodes: [node], seen: 0 });
      return { map: checkpointOf(answer).map, proof: decodeMapProof(answer.proofs[0]!)! };
    }

    test('of locks that its writer lays without writing anything, and none of those its owner lays', async () => {
      const of = await chartFor(northgate, ada);
      const own = toolsOf(world, northgate, of);
      const node = id();
      await northgate.cloud.records.post(own.posting([anyRow(node)], [{ nodeId: node, parent: none }]));
      const body = await world.sealed(['l:late']);
      const lock = (by: Person) => own.wrapBy(by, node, { kind: 'policy', domain: northgate.card.id, body });
      const laid = await northgate.cloud.sharing.wrap({ pat: of, part: 'MI', links: [], wraps: [lock(northgate)] });
      expect(laid.promise).toBeDefined();
      expect((await ada.cloud.sharing.wrap({ pat: of, part: 'MI', links: [], wraps: [lock(ada)] })).promise).toBeUndefined();
      expect((await northgate.cloud.sharing.wrap({ pat: of, part: 'MI', links: [], wraps: [] })).promise).toBeUndefined();
      const receipts = await receiptsOf(of);
      expect(receipts.map(({ kind }) => kind).sort()).toEqual(['lock', 'posting']);
      expect(receipts.find(({ kind }) => kind === 'lock')).toMatchObject({
        actor: northgate.card.id,
        nodes: [node],
        scope: `${hex(of)}/MI`,
      });
    });

    test('of a posting, sealed to the owner, in the log, and promised', async () => {
      const batch = tools.posting([anyRow(root), anyRow(root)], [{ nodeId: root, parent: none }]);
      const { promise: bytes } = await northgate.cloud.records.post(batch);
      const promise = decodePromise(bytes!)!;
      expect(verifyPromise(promise, world.log)).toBe(true);
      const [receipt] = await receiptsOf();
      expect(receipt).toMatchObject({ kind: 'posting', actor: northgate.card.id, nodes: [root], scope: `${hex(pat)}/MI`, time: now() });
      expect(receipt!.rows).toEqual(postedRoot(batch.rows.map(state)));
      expect(commitment(receipt!)).toEqual(promise.commitment);
      // Asked again after a lost answer, it is the same promise, and there is no second receipt.
      expect((await northgate.cloud.records.post(batch)).promise).toEqual(bytes);
      expect(await receiptsOf()).toHaveLength(1);
      const { found, note } = await northgate.cloud.receipts.included({
        commitments: [promise.commitment, id().slice(0, 16)].map(to32),
        seen: 0,
      });
      expect(found[1]).toBeNull();
      const shown = { head: checkpointOf({ note }), index: found[0]!.place, path: found[0]!.path };
      expect(judgePromise(promise, shown, now() + 1000)).toBe('included');
    });

    test('says what a node holds now, and nothing older', async () => {
      const node = id();
      const row = anyRow(node);
      await northgate.cloud.records.post(tools.posting([row], [{ nodeId: node, parent: root }]));
      const first = await proven(node);
      expect(holds(first.map, node, [state(row)], first.proof)).toBe(true);
      const later = anyRow(node, { rowId: row.rowId, version: 2, base: 1 });
      await northgate.cloud.records.post(tools.posting([later]));
      const second = await proven(node);
      expect(holds(second.map, node, [state(row), state(later)], second.proof)).toBe(true);
      expect(holds(second.map, node, [state(row)], second.proof)).toBe(false);
      const absent = id();
      expect(verifyNode(second.map, absent, (await proven(absent)).proof)).toEqual({ kind: 'absent' });
    });

    test('of what a doctor is handed, and of nothing that is refused', async () => {
      const chen = world.person('doctor');
      const of = await chartFor(northgate, ada);
      const hers = toolsOf(world, northgate, of);
      const node = id();
      const wrap = hers.wrapBy(northgate, node, { kind: 'policy', domain: northgate.card.id, body: await world.sealed(['l:all']) });
      const row = anyRow(node);
      await northgate.cloud.records.post(hers.posting([row], [{ nodeId: node, parent: none }], { wraps: [wrap] }));
      const ask = () => chen.cloud.records.rows({ pat: of, part: 'MI', nodes: [node] });
      expect((await ask()).rows).toEqual([]);
      const conflict = hers.posting([anyRow(node, { rowId: row.rowId, version: 3, base: 1 }), anyRow(node, { version: 5, base: 4 })]);
      await hers.refused('conflict', () => northgate.cloud.records.post(conflict));
      expect(await receiptsOf(of)).toHaveLength(1);

      const entitlement = {
        doctor: chen.card.id,
        organisation: northgate.card.id,
        formula: 'l:all',
        issued: now(),
        notAfter: now() + 1000,
      };
      await world.enters(chen, entitlement);
      const answer = await ask();
      expect(answer.rows).toHaveLength(1);
      const [, reading] = await receiptsOf(of);
      expect(reading).toMatchObject({ kind: 'reading', actor: chen.card.id, nodes: [node], rows: postedRoot([state(row)]) });
      expect(decodePromise(answer.promise!)!.commitment).toEqual(commitment(reading!));
      // Her own and the writer's looks leave none.
      await ada.cloud.records.rows({ pat: of, part: 'MI', nodes: [node] });
      expect(await receiptsOf(of)).toHaveLength(2);
    });

    test('to nobody but the owner, and proves nodes to nobody who sees none', async () => {
      const ivy = world.person('doctor');
      for (const stranger of [northgate, ivy]) {
        await tools.refused('denied', () => stranger.cloud.receipts.list({ pat, seen: 0 }));
      }
      await tools.refused('denied', () => ivy.cloud.receipts.nodes({ pat, nodes: [root], seen: 0 }));
    });

    test('in a log that goes on, whatever the clock does and through a restart', async () => {
      let kept: Bytes | null = null;
      let seen = 0;
      for (const step of [0, 61_000, -30_000, 5_000]) {
        world.clock.now += step;
        if (step === -30_000) world.restart();
        await northgate.cloud.records.post(tools.posting([anyRow(root)], [{ nodeId: root, parent: none }]));
        const { note, path } = await ada.cloud.receipts.head({ seen });
        const following = follow(world.log, kept, note, path, now());
        expect(following.kind).toBe('goes on');
        kept = note;
        seen = checkpointOf({ note }).size;
      }
    });

    test('once and in one log, where two processes write at once', async () => {
      const clouds = [world.beside(), world.beside()];
      const caller = { id: northgate.card.id, kind: northgate.card.kind, card: northgate.card };
      const before = checkpointOf(await ada.cloud.receipts.head({ seen: 0 })).size;
      const work = Array.from({ length: 40 }, async (_, i) => {
        const cloud = clouds[i % 2]!;
        await cloud.as(caller).records.post(tools.posting([anyRow(root)], [{ nodeId: root, parent: none }]));
        await cloud.writeReceipts();
      });
      await Promise.all(work);
      const { size } = checkpointOf(await ada.cloud.receipts.head({ seen: 0 }));
      expect(size).toBe(before + 40);
      const places = await world.sql<{ place: number }>(
        'select place from receipt union all select place from card_receipt order by place',
      );
      expect(places.map(({ place }) => place)).toEqual(Array.from({ length: size }, (_, i) => i));
      const { rows } = await ada.cloud.records.rows({ pat, part: 'MI', nodes: [root] });
      const { map, proof } = await proven(root);
      expect(holds(map, root, rows.map(state), proof)).toBe(true);
      expect((await receiptsOf()).filter(({ nodes }) => nodes.some((node) => equalPublic(node, root))).length).toBeGreaterThan(40);
    });
  });
}

const to32 = (bytes: Bytes): Bytes => (bytes.length === 32 ? bytes : new Uint8Array(32));
