/**
 * What every cloud shows to whom: wraps, charts, entitlements.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { encodeCard } from '@carelet/crypto/cards/card';
import type { Entitlement } from '@carelet/crypto/cards/entitlement';
import { signDeed } from '@carelet/crypto/records/chart';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, type Tools, toolsOf, type World, type Wrap } from './cloud.testing.ts';

export function sightSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place}`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let pat: Bytes;
    let root: Bytes;
    let tools: Tools;
    const posting: Tools['posting'] = (...of) => tools.posting(...of);
    const wrapBy: Tools['wrapBy'] = (...of) => tools.wrapBy(...of);
    const refused: Tools['refused'] = (...of) => tools.refused(...of);

    beforeAll(async () => {
      world = await open();
      northgate = world.person('organisation');
      ada = world.person('patient');
      await ada.cloud.login.present({ card: encodeCard(ada.card), with: [] });
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      root = id();
      await northgate.cloud.records.post(posting([anyRow(root)], [{ nodeId: root, parent: none }]));
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    describe('given wraps', () => {
      const post = (...wraps: Wrap[]) => northgate.cloud.records.post(posting([anyRow(root)], [], { wraps }));

      test('keeps those of the writer and of the patient', async () => {
        const body = await world.sealed(['l:one', 'l:two']);
        await post(wrapBy(northgate, root), wrapBy(northgate, root, { kind: 'policy', domain: northgate.card.id, body }));
        const node = id();
        const wrap = wrapBy(ada, node, { kind: 'policy', domain: northgate.card.id, body });
        await ada.cloud.sharing.wrap({ pat, part: 'MI', links: [{ nodeId: node, parent: root }], wraps: [wrap] });
        const { wrapped } = await ada.cloud.records.wrapped({ pat, kind: 'policy', domain: northgate.card.id, nodes: [root, node, id()] });
        expect(wrapped).toEqual([true, true, false]);
        expect(await world.sql(`select labels from wrap where node_id = $1`, [node])).toEqual([{ labels: ['l:one', 'l:two'] }]);
      });

      test('takes as many links as it says it does', async () => {
        const links = Array.from({ length: 20_000 }, () => ({ nodeId: id(), parent: root }));
        await ada.cloud.sharing.wrap({ pat: await chartFor(northgate, ada), part: 'MI', links, wraps: [] });
        const { nodeId, parent } = links[19_999]!;
        expect(await world.sql('select parent from node where node_id = $1', [nodeId])).toEqual([{ parent }]);
      });

      test('refuses one that its bringer did not sign for this very place', async () => {
        const good = wrapBy(northgate, root);
        const signature = good.signature.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
        for (const wrap of [
          { ...good, signature },
          { ...good, maker: ada.card.id },
          { ...good, gen: 1 },
          { ...good, nodeId: id() },
          { ...good, body: systemRandom(100) },
          wrapBy(ada, root),
          wrapBy(northgate, root, {}, pat, 'QID'),
          wrapBy(northgate, root, {}, id()),
        ]) {
          await refused('denied', () => post(wrap), /not signed/);
        }
      });

      test('refuses a malformed body, a domain where none belongs, and none where one does', async () => {
        const body = await world.sealed(['l:one']);
        const policy = (more: Partial<Wrap>) => wrapBy(northgate, root, { kind: 'policy', domain: northgate.card.id, body, ...more });
        for (const wrap of [
          policy({ body: systemRandom(500) }),
          policy({ body: none }),
          policy({ body: body.subarray(0, body.length >> 1) }),
          policy({ domain: none }),
          policy({ domain: id().subarray(0, 8) }),
          wrapBy(northgate, root, { domain: northgate.card.id }),
        ]) {
          await refused('invalid', () => post(wrap));
        }
        await refused('invalid', () => post(policy({}), policy({})), /two wraps/);
      });

      test('refuses the wraps of everybody else, whether the chart exists or not', async () => {
        const ivy = world.person('patient');
        for (const of of [pat, id()]) {
          const input = { pat: of, part: 'MI' as const, links: [{ nodeId: root, parent: none }], wraps: [wrapBy(ivy, root, {}, of)] };
          await refused('denied', () => ivy.cloud.sharing.wrap(input), /not yours/);
        }
      });
    });

    describe('asked for a chart', () => {
      test('opens one for an organisation, once, for one owner', async () => {
        const of = id();
        const open = (by: Person, owner: Bytes, signer = by) =>
          by.cloud.records.openChart({ pat: of, owner, deed: signDeed(signer.secrets.edSk, { pat: of, writer: by.card.id, owner }) });
        const larkfield = world.person('organisation');
        await refused('denied', () => open(ada, ada.card.id));
        await refused('denied', () => open(northgate, ada.card.id, larkfield));
        await refused('missing', () => open(northgate, id()));
        await open(northgate, ada.card.id);
        await open(northgate, ada.card.id);
        await refused('conflict', () => open(larkfield, ada.card.id));
        const ben = world.person('patient');
        await ben.cloud.records.charts();
        await refused('conflict', () => open(northgate, ben.card.id));
      });

      test('hands a cradle on to its patient, and to nobody after that', async () => {
        const cradle = world.person('cradle');
        const [ben, ivy] = [world.person('patient'), world.person('patient')];
        for (const one of [cradle, ben, ivy]) await northgate.cloud.login.present({ card: encodeCard(one.card), with: [] });
        const of = await chartFor(northgate, cradle);
        const link = (owner: Person, wraps: (Wrap & { part: Part })[] = [], by = northgate) =>
          by.cloud.records.linkChart({
            pat: of,
            owner: owner.card.id,
            deed: signDeed(by.secrets.edSk, { pat: of, writer: by.card.id, owner: owner.card.id }),
            wraps,
          });
        await refused('denied', () => link(ben, [], world.person('organisation')));
        await refused('missing', () => link(cradle));
        const body = await world.sealed(['l:one']);
        const policy = wrapBy(northgate, root, { kind: 'policy', domain: northgate.card.id, body }, of);
        await refused('invalid', () => link(ben, [{ ...policy, part: 'MI' }]));
        await link(ben, [{ ...wrapBy(northgate, root, {}, of), part: 'MI' }]);
        await link(ben);
        await refused('conflict', () => link(ivy));
        expect((await ben.cloud.records.charts()).charts.map(({ pat: one }) => hex(one))).toEqual([hex(of)]);
      });

      test('gives rows in pages, each once, whatever their size', async () => {
        const node = id();
        const of = await chartFor(northgate, ada);
        const links = [{ nodeId: node, parent: none }];
        const many = Array.from({ length: 2300 }, () => anyRow(node, { ct: systemRandom(40) }));
        const large = Array.from({ length: 5 }, () => anyRow(node, { ct: new Uint8Array(3 * 1024 * 1024) }));
        await northgate.cloud.records.post(posting(many, links, { of }));
        await northgate.cloud.records.post(posting(large, [], { of }));
        const seen: string[] = [];
        let pages = 0;
        for (let after: { nodeId: Bytes; rowId: Bytes; version: number } | undefined, more = true; more; pages++) {
          const page = await ada.cloud.records.rows({ pat: of, part: 'MI', nodes: [node], ...(after && { after }) });
          seen.push(...page.rows.map(({ rowId }) => hex(rowId)));
          const last = page.rows.at(-1)!;
          after = { nodeId: last.nodeId, rowId: last.rowId, version: last.version };
          more = page.more;
        }
        expect(pages).toBeGreaterThan(2);
        expect(seen).toEqual([...many, ...large].map(({ rowId }) => hex(rowId)).sort());
      });
    });

    describe('shown an entitlement', () => {
      const seen = async ({ cloud }: Person) => (await cloud.records.nodes({ pat })).nodes.map(({ nodeId }) => hex(nodeId)).sort();
      let chen: Person;
      let shared: Bytes;
      let below: Bytes;
      let other: Bytes;
      let now: number;
      const entitlement = (more: Partial<Entitlement> = {}) => ({
        issued: now,
        doctor: chen.card.id,
        organisation: northgate.card.id,
        formula: 'l:cardio and l:2026',
        notAfter: now + 3600,
        ...more,
      });
      const enter = async (bytes: Bytes, who = chen) =>
        who.cloud.sharing.enter({ entitlement: bytes, transforms: await world.transforms(entitlement({ doctor: who.card.id })) });

      beforeAll(async () => {
        now = Math.floor(world.clock.now / 1000);
        chen = world.person('doctor');
        [shared, below, other] = [id(), id(), id()];
        const links = [shared, other].map((nodeId) => ({ nodeId, parent: root })).concat({ nodeId: below, parent: shared });
        const policy = async (nodeId: Bytes, ...labels: string[]) =>
          wrapBy(northgate, nodeId, { kind: 'policy', domain: northgate.card.id, body: await world.sealed(labels) });
        const wraps = [await policy(shared, 'l:cardio', 'l:2026'), await policy(other, 'l:cardio', 'l:2025')];
        await northgate.cloud.records.post(
          posting(
            [shared, below, other].map((node) => anyRow(node)),
            links,
            { wraps },
          ),
        );
      });

      test('serves nothing to a doctor without one', async () => {
        expect(await seen(chen)).toEqual([]);
        expect(await chen.cloud.records.charts()).toEqual({ charts: [] });
        expect(await chen.cloud.records.rows({ pat, part: 'MI', nodes: [shared] })).toEqual({ rows: [], more: false });
        expect(await chen.cloud.records.proofs({ pat, part: 'MI', nodes: [shared] })).toEqual({ postings: [] });
      });

      test('refuses one that has ended, was forged, is somebody else’s or lacks an issuer', async () => {
        const good = world.entitle(entitlement());
        await refused('denied', () => enter(world.entitle(entitlement({ notAfter: now }))), /ended/);
        await refused('denied', () => enter(world.entitle(entitlement(), [0])));
        await refused('denied', () => enter(world.entitle(entitlement(), [1, 1])));
        await refused('denied', () => enter(good, world.person('doctor')));
        await refused('denied', () => enter(good.map((byte, i) => (i === 40 ? byte ^ 1 : byte))));
        await refused('denied', () => enter(systemRandom(300)));
        await refused('invalid', () => enter(world.entitle(entitlement({ formula: 'l:cardio and (' }))));
        expect(await seen(chen)).toEqual([]);
      });

      test('serves the nodes it reaches and those below them, and no others', async () => {
        await world.enters(chen, entitlement());
        expect(await seen(chen)).toEqual([hex(shared), hex(below)].sort());
        const nodes = [root, shared, below, other];
        const { rows } = await chen.cloud.records.rows({ pat, part: 'MI', nodes });
        expect(rows.map(({ nodeId }) => hex(nodeId)).sort()).toEqual([hex(shared), hex(below)].sort());
        const { postings } = await chen.cloud.records.proofs({ pat, part: 'MI', nodes });
        expect(postings.flatMap((one) => one.nodes.map(({ nodeId }) => hex(nodeId))).sort()).toEqual([hex(shared), hex(below)].sort());
        expect((await chen.cloud.records.charts()).charts.map((one) => hex(one.pat))).toEqual([hex(pat)]);
        const { wraps } = await chen.cloud.records.nodes({ pat });
        expect(wraps.map(({ nodeId, kind }) => [hex(nodeId), kind])).toEqual([[hex(shared), 'policy']]);
        await refused('denied', () => chen.cloud.records.versions({ pat, part: 'MI', rowIds: [] }));
        await refused('denied', () => chen.cloud.records.wrapped({ pat, kind: 'owner', domain: none, nodes: [shared] }));
      });

      test('serves nothing of another organisation’s domain by the same labels', async () => {
        const larkfield = world.person('organisation');
        const osei = world.person('doctor');
        await world.enters(osei, entitlement({ doctor: osei.card.id, organisation: larkfield.card.id }));
        expect(await seen(osei)).toEqual([]);
      });

      test('serves nothing once it has ended', async () => {
        expect((await seen(chen)).length).toBe(2);
        world.clock.now += 3_601_000;
        expect(await seen(chen)).toEqual([]);
      });
    });
  });
}
