import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { encodeCard } from '@carelet/crypto/cards/card';
import { encodeSealed } from '@carelet/crypto/kdc/encoding';
import { hashOfLetter, type SharedGrant, signEnd, signGrant } from '@carelet/crypto/kdc/grant';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, type Tools, toolsOf, type World } from '../cloud.testing.ts';

export function kdcSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place}, where no clinic mediates`, () => {
    let world: World;
    let tools: Tools;
    let northgate: Person;
    let ada: Person;
    let chen: Person;
    let ivy: Person;
    let pat: Bytes;
    const [node, below, other] = [id(), id(), id()];
    const letter = systemRandom(99);
    const now = () => Math.floor(world.clock.now / 1000);

    beforeAll(async () => {
      world = await open();
      [northgate, ada, chen, ivy] = [
        world.person('organisation'),
        world.person('patient'),
        world.person('doctor'),
        world.person('patient'),
      ];
      for (const { card, cloud } of [ada, chen, ivy]) await cloud.login.present({ card: encodeCard(card), with: [] });
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      const links = [
        { nodeId: node, parent: none },
        { nodeId: below, parent: node },
        { nodeId: other, parent: none },
      ];
      await northgate.cloud.records.post(tools.posting([anyRow(node), anyRow(below), anyRow(other)], links));
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    const refusal = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'ok',
        (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
      );
    const grantOf = (more: Partial<SharedGrant> = {}): SharedGrant => ({
      ...{ grant: id(), pat, owner: ada.card.id, reader: chen.card.id },
      ...{ issued: now(), notAfter: now() + 86_400, letterHash: hashOfLetter(letter) },
      ...more,
    });
    const given = async (grant = grantOf()): Promise<SharedGrant> => {
      await ada.cloud.kdc.grant({ grant: signGrant(ada.secrets.edSk, grant), letter });
      return grant;
    };
    const body = () => encodeSealed({ salt: systemRandom(16), dem: systemRandom(60) });
    const lock = ({ grant }: SharedGrant, on = node, by = ada, more = {}) =>
      tools.wrapBy(by, on, { kind: 'shared', domain: grant, body: body(), ...more });
    const lay = (grant: SharedGrant, by = ada, wraps = [lock(grant, node, by)]) =>
      by.cloud.sharing.wrap({ pat, part: 'MI', links: [], wraps });
    const hand = ({ grant }: SharedGrant, by = chen, nodes = [node]) => by.cloud.kdc.hand({ pat, grant, nodes });
    const end = ({ grant }: SharedGrant, by = ada) => by.cloud.kdc.end({ pat, grant, end: signEnd(by.secrets.edSk, { grant, pat }) });
    const receipts = async () => Number((await world.sql<{ n: string }>('select count(*) as n from receipt'))[0]!.n);

    let grant: SharedGrant;
    beforeEach(async () => {
      grant = await given();
    });

    test('a grant is its owner’s over her own chart and this letter, to somebody else, and not over yet', async () => {
      const say = (by: Person, more: Partial<SharedGrant>, over = letter, signer = by) =>
        refusal(by.cloud.kdc.grant({ grant: signGrant(signer.secrets.edSk, grantOf({ owner: signer.card.id, ...more })), letter: over }));
      expect(await say(ada, {})).toBe('ok');
      expect(await say(ada, {}, systemRandom(9))).toBe('invalid');
      expect(await say(ada, {}, letter, ivy)).toBe('invalid');
      expect(await say(ada, { notAfter: now(), issued: now() - 1 })).toBe('invalid');
      expect(await say(ada, { reader: ada.card.id })).toBe('invalid');
      expect(await say(ivy, {})).toBe('denied');
      expect(await say(northgate, {})).toBe('denied');
      expect(await say(ada, { pat: id() })).toBe('denied');
      expect(await say(ada, { grant: grant.grant, reader: ivy.card.id })).toBe('conflict');
      expect(await refusal(given(grant))).toBe('ok');
    });

    test('its locks put nodes, and what hangs below, in its reader’s sight, and in nobody else’s', async () => {
      expect((await chen.cloud.records.charts()).charts).toEqual([]);
      await lay(grant);
      expect((await chen.cloud.records.charts()).charts).toHaveLength(1);
      const { nodes, wraps } = await chen.cloud.records.nodes({ pat });
      expect(nodes.map(({ nodeId }) => nodeId)).toEqual(expect.arrayContaining([node, below]));
      expect(nodes).toHaveLength(2);
      // The locks themselves are handed out one by one.
      expect(wraps).toEqual([]);
      expect((await chen.cloud.records.rows({ pat, part: 'MI', nodes: [node, below, other] })).rows).toHaveLength(2);
      expect((await chen.cloud.kdc.nodes({ pat })).nodes).toEqual([{ grant: grant.grant, nodeId: node, part: 'MI', gen: 0 }]);
      expect((await ivy.cloud.records.charts()).charts).toEqual([]);
      expect((await ivy.cloud.kdc.nodes({ pat })).nodes).toEqual([]);
      expect((await ivy.cloud.kdc.grants()).grants).toEqual([]);
      expect((await chen.cloud.kdc.grants()).grants.map(({ owner }) => owner)).toContainEqual(ada.card.id);
      await end(grant);
    });

    test('locks are laid by the owner alone, for a grant of hers that holds, in their shape', async () => {
      expect(await refusal(lay(grant, northgate))).toBe('denied');
      expect(
        await refusal(northgate.cloud.records.post(tools.posting([anyRow(node)], [], { wraps: [lock(grant, node, northgate)] }))),
      ).toBe('denied');
      expect(await refusal(lay(grantOf()))).toBe('denied');
      expect(await refusal(lay(grant, ada, [lock(grant, node, ada, { body: systemRandom(80) })]))).toBe('invalid');
      expect(await refusal(lay(grant, ada, [lock(grant, node, ada, { body: cbor(['carelet/v1/kdc/sealed']) })]))).toBe('invalid');
      expect(await refusal(lay(grant, ada, [{ ...lock(grant), signature: systemRandom(64) }]))).toBe('denied');
      await end(grant);
      expect(await refusal(lay(grant))).toBe('denied');
    });

    test('a lock is handed out to its reader, under a receipt; one answer to everybody else', async () => {
      await lay(grant);
      const before = await receipts();
      const { wraps, promise } = await hand(grant);
      expect(wraps).toHaveLength(1);
      expect(wraps[0]).toMatchObject({ nodeId: node, maker: ada.card.id, part: 'MI' });
      expect(promise).toBeInstanceOf(Uint8Array);
      expect(await receipts()).toBe(before + 1);
      const another = await given();
      const asked = [
        () => hand(grant, ivy),
        () => hand(grant, ada),
        () => hand(grantOf()),
        () => hand(grant, chen, [node, other]),
        () => hand(another),
      ];
      const said: unknown[] = [];
      for (const ask of asked) said.push(await ask().catch((thrown: CareletError) => `${thrown.kind} ${thrown.because}`));
      expect(new Set(said)).toEqual(new Set(['denied no grant to you holds for them']));
      await end(grant);
    });

    test('taken back by its owner alone, its locks are gone, and its number is none again', async () => {
      await lay(grant);
      expect(await refusal(end(grant, ivy))).toBe('denied');
      expect(await refusal(end(grant, northgate))).toBe('denied');
      expect(await refusal(ada.cloud.kdc.end({ pat, grant: grant.grant, end: systemRandom(64) }))).toBe('denied');
      expect(await refusal(hand(grant))).toBe('ok');
      expect((await end(grant)).promise).toBeInstanceOf(Uint8Array);
      expect(await refusal(hand(grant))).toBe('denied');
      expect((await chen.cloud.records.charts()).charts).toEqual([]);
      expect(await world.sql(`select 1 from wrap where kind = 'shared' and domain = $1`, [grant.grant])).toEqual([]);
      expect(await refusal(given(grant))).toBe('conflict');
      expect(await refusal(end(grant))).toBe('ok');
    });

    test('taken back, it is so when the database comes from a backup', async () => {
      await lay(grant);
      type Row = Record<string, unknown>;
      const locks = await world.sql<Row>(`select * from wrap where kind = 'shared' and domain = $1`, [grant.grant]);
      await end(grant);
      await world.sql('update shared_grant set ended = null where grant_id = $1', [grant.grant]);
      for (const lock of locks) {
        const names = Object.keys(lock);
        await world.sql(
          `insert into wrap (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
          names.map((name) => lock[name]),
        );
      }
      expect(await refusal(hand(grant))).toBe('ok');
      await world.restart();
      expect(await refusal(hand(grant))).toBe('denied');
      expect(await world.sql(`select 1 from wrap where kind = 'shared' and domain = $1`, [grant.grant])).toEqual([]);
    });

    test('what waits while the grant is taken back is refused as what comes after, and leaves no receipt', async () => {
      await lay(grant);
      const before = await receipts();
      const waits = (granted: boolean) => async () =>
        (
          await world.sql(`select 1 from pg_locks where relation = 'wrap'::regclass and granted = ${granted} and mode = $1`, [
            granted ? 'AccessExclusiveLock' : 'AccessShareLock',
          ])
        ).length;
      // Whoever asks for locks waits until the grant has ended.
      const until = `select 1 from shared_grant where grant_id = '\\x${hex(grant.grant)}' and ended is not null`;
      const held = world.sql(`do $do$ begin
        lock table wrap in access exclusive mode;
        while not exists (${until}) loop perform pg_sleep(0.01); end loop;
      end $do$`);
      await expect.poll(waits(true)).toBe(1);
      const handed = refusal(hand(grant));
      await expect.poll(waits(false)).toBe(1);
      await world.sql('update shared_grant set ended = $1 where grant_id = $2', [systemRandom(64), grant.grant]);
      expect(await handed).toBe('denied');
      await held;
      expect(await receipts()).toBe(before);
    });

    test('one that comes after its end is refused, as one that ended; of ends that were never anything so many are kept', async () => {
      const late = grantOf();
      await end(late);
      expect(await refusal(given(late))).toBe('conflict');
      expect((await ada.cloud.kdc.grants()).grants.filter(({ grant: body }) => body.length === 0)).toEqual([]);
      const both = grantOf();
      await Promise.all([refusal(given(both)), end(both)]);
      expect(await refusal(lay(both))).toBe('denied');
      const say = (more: Partial<SharedGrant>) => refusal(given(grantOf(more)));
      expect(await say({ issued: now() + 301 })).toBe('invalid');
      expect(await say({ notAfter: now() + 397 * 86_400 + 1 })).toBe('invalid');
      expect(await say({ issued: now() - 1, notAfter: now() + 397 * 86_400 })).toBe('invalid');
      await world.sql(
        `insert into shared_grant select pat, decode(md5(i::text), 'hex'), owner, reader, not_after, body, letter, ended
          from shared_grant, generate_series(1, 98) i where grant_id = $1`,
        [late.grant],
      );
      const [last, tooMany] = [grantOf(), grantOf()];
      const outcomes = [await refusal(end(last)), await refusal(end(grantOf())), await refusal(end(tooMany))];
      expect(outcomes.at(-1)).toBe('unavailable');
      expect(await refusal(end(grant))).toBe('ok');
      expect(await refusal(hand(grant))).toBe('denied');
      await world.sql(`delete from shared_grant where body = ''`);
      expect(await refusal(end(tooMany))).toBe('ok');
    });

    test('after its day nothing is in sight any more', async () => {
      await lay(grant);
      world.clock.now += 86_400_000;
      expect((await chen.cloud.records.charts()).charts).toEqual([]);
      expect(await refusal(hand(grant))).toBe('denied');
      expect((await chen.cloud.kdc.nodes({ pat })).nodes).toEqual([]);
      expect((await chen.cloud.kdc.grants()).grants).toEqual([]);
      world.clock.now -= 86_400_000;
      expect(await refusal(hand(grant))).toBe('ok');
      await end(grant);
    });
  });
}
