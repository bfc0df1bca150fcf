/**
 * What every cloud does with limits: whom it serves nothing from the word on, at every door, and which locks it takes.
 *
 * @module
 */

import { CareletError } from '@carelet/care/model';
import { encodeBody } from '@carelet/care/wire';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { encodeCard, vouch } from '@carelet/crypto/cards/card';
import { newCard } from '@carelet/crypto/cards/owner';
import { signRequest } from '@carelet/crypto/login/request';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { signEnd } from '@carelet/crypto/pre/grant';
import { sealedRequestLength, signAnswer } from '@carelet/crypto/pre/requests';
import { decodeReceipt, receiptContext } from '@carelet/crypto/receipts/leaf';
import { hashOfLimits, type Limits, limitsIn, signFollowed, signLimits } from '@carelet/crypto/records/limits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, toolsOf, type World } from '../cloud.testing.ts';

export function limitsSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place}, told limits`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let chen: Person;
    let diaz: Person;

    beforeAll(async () => {
      world = await open();
      [northgate, ada] = [world.person('organisation'), world.person('patient')];
      [chen, diaz] = [world.person('doctor'), world.person('doctor')];
      for (const { cloud, card } of [ada, chen, diaz]) await cloud.login.present({ card: encodeCard(card), with: [] });
      for (const doctor of [chen, diaz]) {
        await world.enters(doctor, {
          doctor: doctor.card.id,
          organisation: northgate.card.id,
          formula: 'l:heart',
          issued: now(),
          notAfter: now() + 80 * 86_400,
        });
      }
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    const now = () => Math.floor(world.clock.now / 1000);
    const refusal = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'ok',
        (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
      );

    /** A chart of Ada's with a row, and a lock on it for these labels. */
    const charted = async (label = 'l:heart') => {
      const pat = await chartFor(northgate, ada);
      const tools = toolsOf(world, northgate, pat);
      const node = id();
      const lock = async () =>
        tools.wrapBy(northgate, node, { kind: 'policy', domain: northgate.card.id, body: await world.sealed([label]) });
      const post = async (wraps = [] as Awaited<ReturnType<typeof lock>>[]) =>
        northgate.cloud.records.post(tools.posting([anyRow(node)], [{ nodeId: node, parent: none }], { wraps }));
      await post([await lock()]);
      return { pat, node, lock, post, tools };
    };

    /** Ada's word, after the one before. */
    const said = (pat: Bytes, changes: Partial<Limits> = {}, before?: Bytes, by = ada) =>
      signLimits(by.secrets.edSk, {
        pat,
        seq: before ? limitsIn(before)!.seq + 1 : 1,
        byName: false,
        denied: [],
        time: now(),
        prevHash: before ? hashOfLimits(before) : new Uint8Array(32),
        ...changes,
      });
    const say = async (pat: Bytes, changes: Partial<Limits> = {}, before?: Bytes) => {
      const state = said(pat, changes, before);
      await ada.cloud.limits.say({ pat, state });
      return state;
    };
    const follow = (pat: Bytes, state: Bytes, by = northgate) =>
      by.cloud.limits.follow({ pat, followed: signFollowed(by.secrets.edSk, pat, state) });
    const seen = async ({ cloud }: Person, pat: Bytes) => (await cloud.records.nodes({ pat })).nodes.length;

    /** The answer's status and body, byte for byte. */
    const raw = async (who: Person, op: string, input: object): Promise<string> => {
      const body = encodeBody('cbor', input);
      const authorization = signRequest({ id: who.card.id, edSk: who.secrets.edSk }, { audience: 'cloud', op, body }, now());
      const response = await world.raw({ op, body, authorization });
      return `${response.status} ${Buffer.from(await response.arrayBuffer()).toString('hex')}`;
    };

    test('answers a denied doctor at every door as of a chart that is not there', async () => {
      const { pat, node } = await charted();
      const hidden = await charted('l:skin');
      const [grant, request, scope] = [id(), id(), id()];
      await world.sql('insert into consent values ($1, $2, $3, $4, $5, $6, $7, null)', [
        ...[pat, grant, ada.card.id, chen.card.id, now() + 1000],
        ...[grant, systemRandom(8)],
      ]);
      await world.sql('insert into rekey values ($1, $2, $3, $4)', [pat, grant, scope, systemRandom(96)]);
      await world.sql(
        `insert into wrap select pat, node_id, 'consent', $1, part, gen, '{}', body, maker, signature, null from wrap
        where pat = $2`,
        [scope, pat],
      );
      const sealed = systemRandom(sealedRequestLength);
      const ask = (of: Bytes, number = id()) => ({ pat: of, request: number, sealed, own: sealed });
      await chen.cloud.requests.ask(ask(pat, request));
      await world.sql(`insert into break_glass values ($1, $2, $3, '{MI}', $4, $5, $6, $7, $8, $9, null, null)`, [
        pat,
        id(),
        chen.card.id,
        now(),
        now() + 1000,
        systemRandom(8),
        systemRandom(2302),
        systemRandom(2302),
        systemRandom(8),
      ]);

      const nodes = [node];
      const doors = (of: Bytes): Record<string, object> => ({
        'records.nodes': { pat: of },
        'records.rows': { pat: of, part: 'MI', nodes },
        'records.proofs': { pat: of, part: 'MI', nodes },
        'receipts.nodes': { pat: of, nodes, seen: 0 },
        'sharing.transform': { pat: of, organisation: northgate.card.id, nodes },
        'sharing.turn': { pat: of, grant, nodes: [{ nodeId: node, scope }] },
        'requests.withdraw': { pat: of, request },
        'requests.ask': ask(of, request),
        'records.versions': { pat: of, part: 'MI', rowIds: nodes },
        'sharing.consented': { pat: of, nodes: [{ nodeId: node, scope }] },
        'sharing.scopes': { pat: of },
        'limits.state': { pat: of },
        'limits.say': { pat: of, state: said(of, {}, undefined, chen) },
        'limits.follow': { pat: of, followed: systemRandom(64) },
      });
      const lists = ['records.charts', 'sharing.grants', 'requests.list', 'breakGlass.list'];
      const open = Object.keys(doors(pat)).slice(0, 8);
      const lastly = ['requests.withdraw', 'requests.ask'];
      // What the doors give where they are open: of a chart that is not there it would be the same, and this test would show nothing.
      const nothing = async (op: string, of = id()) => raw(chen, op, doors(of)[op]!);
      for (const op of open.filter((one) => !lastly.includes(one)))
        expect(await raw(chen, op, doors(pat)[op]!), op).not.toBe(await nothing(op));
      const [number, name] = [hex(grant), hex(pat)];
      const listed = async () => Promise.all(lists.map((op) => raw(chen, op, {})));
      for (const [i, answer] of (await listed()).entries()) {
        if (lists[i] !== 'breakGlass.list') expect(answer.includes(name) || answer.includes(number), lists[i]).toBe(true);
      }
      const brokenBefore = await chen.cloud.breakGlass.list({});
      expect(brokenBefore.broken).toHaveLength(1);

      await say(pat, { denied: [chen.card.id] });
      for (const op of Object.keys(doors(pat))) {
        expect(await raw(chen, op, doors(pat)[op]!), op).toBe(await nothing(op));
        expect(await raw(chen, op, doors(pat)[op]!), op).toBe(await nothing(op, hidden.pat));
      }
      for (const [i, answer] of (await listed()).entries()) {
        expect(answer.includes(name) || answer.includes(number), lists[i]).toBe(false);
      }
      expect((await chen.cloud.breakGlass.list({})).broken).toEqual([]);
      expect(await seen(diaz, pat)).toBe(1);
      expect((await ada.cloud.breakGlass.list({})).broken).toHaveLength(1);

      // Taken back, the doors are as they were.
      await say(pat, {}, (await ada.cloud.limits.state({ pat })).state!);
      for (const op of open.filter((one) => !lastly.includes(one)))
        expect(await raw(chen, op, doors(pat)[op]!), op).not.toBe(await nothing(op));
      expect(await raw(chen, 'requests.withdraw', doors(pat)['requests.withdraw']!)).not.toBe(await nothing('requests.withdraw'));
    });

    test('tells a denied doctor once that the chart is gone, a doctor who saw nothing of it never, and her nothing after', async () => {
      const { pat, post } = await charted();
      const hidden = await charted('l:skin');
      const other = await charted();
      const request = id();
      const sealed = systemRandom(sealedRequestLength);
      await chen.cloud.requests.ask({ pat, request, sealed, own: sealed });
      await new Promise((done) => setTimeout(done, 250));
      const enough = new AbortController();
      const events = chen.cloud.records.changes({}, { signal: enough.signal })[Symbol.asyncIterator]();
      const next = async () => {
        const { value } = await events.next();
        return value?.kind === 'changed' ? hex(value.pat) : value?.kind;
      };
      expect(await next()).toBe('here');
      await say(hidden.pat, { denied: [chen.card.id] });
      const state = await say(pat, { denied: [chen.card.id] });
      expect(await next()).toBe(hex(pat));
      await follow(pat, state);
      await post();
      const number = { pat, doctor: chen.card.id, request };
      await ada.cloud.requests.decline({ ...number, signature: signAnswer(ada.secrets.edSk, number, 'declined') });
      await new Promise((done) => setTimeout(done, 250));
      await other.post();
      expect(await next()).toBe(hex(other.pat));
      enough.abort();
      await events.next();
    });

    test('tells a denied doctor nothing of what a team of hers loses of a chart, and her colleague that it is gone', async () => {
      const { pat } = await charted('l:skin');
      const other = await charted();
      const [team, grant] = [id(), id()];
      const [card, notice, delegate, members] = [1, 2, 3, 4].map(() => systemRandom(8));
      await world.sql('insert into team values ($1, $2, $3, null, $4, $5, $6, $7, $8, $9)', [
        ...[team, northgate.card.id, id(), now(), ['l:heart']],
        ...[card, notice, delegate, members],
      ]);
      await world.sql(`insert into team_member select $1, doctor, organisation, issued from entitlement where organisation = $2`, [
        team,
        northgate.card.id,
      ]);
      await world.sql('insert into consent values ($1, $2, $3, $4, $5, $6, $7, null)', [
        ...[pat, grant, ada.card.id, team, now() + 1000],
        ...[grant, systemRandom(8)],
      ]);
      await say(pat, { denied: [chen.card.id] });
      // Changes are told in slots: what came before is not to be heard.
      const slot = () => new Promise((done) => setTimeout(done, 250));
      await slot();
      const enough = new AbortController();
      const streams = [chen, diaz].map(({ cloud }) => cloud.records.changes({}, { signal: enough.signal })[Symbol.asyncIterator]());
      const next = async (stream: (typeof streams)[number]) => {
        const { value } = await stream.next();
        return value?.kind === 'changed' ? hex(value.pat) : value?.kind;
      };
      for (const stream of streams) expect(await next(stream)).toBe('here');
      const end = signEnd(ada.secrets.edSk, { grant, pat });
      await ada.cloud.sharing.end({ pat, grant, end });
      await slot();
      await other.post();
      expect(await next(streams[1]!)).toBe(hex(pat));
      for (const stream of streams) expect(await next(stream)).toBe(hex(other.pat));
      enough.abort();
      for (const stream of streams) await stream.next();
    });

    test('keeps the newest word of the chart’s owner, and no other', async () => {
      const { pat } = await charted();
      const first = await say(pat, { denied: [chen.card.id] });
      await ada.cloud.limits.say({ pat, state: first });
      const later = said(pat, { byName: true }, first);
      for (const [state, kind] of [
        [said(pat, { denied: [diaz.card.id] }), 'conflict'],
        [said(pat, { seq: 3, prevHash: hashOfLimits(first) }), 'conflict'],
        [said(pat, { seq: 2 }), 'conflict'],
        [said(pat, {}, first, diaz), 'conflict'],
        [said(id(), {}, first), 'conflict'],
        [said(pat, { time: now() - 301 }, first), 'invalid'],
        [said(pat, { denied: [northgate.card.id] }, first), 'invalid'],
        [systemRandom(50), 'invalid'],
      ] as const) {
        expect(await refusal(ada.cloud.limits.say({ pat, state }))).toBe(kind);
      }
      expect(await refusal(northgate.cloud.limits.say({ pat, state: later }))).toBe('denied');
      expect(await ada.cloud.limits.state({ pat })).toEqual({ state: first, followed: null });
      await ada.cloud.limits.say({ pat, state: later });
      expect((await northgate.cloud.limits.state({ pat })).state).toEqual(later);
      expect(await refusal(ada.cloud.limits.say({ pat, state: first }))).toBe('conflict');
    });

    test('is told again what it forgot with a restored backup, by the owner alone, and takes nothing older', async () => {
      const { pat } = await charted();
      const first = await say(pat, { denied: [diaz.card.id] });
      const second = await say(pat, { denied: [chen.card.id, diaz.card.id] }, first);
      const third = await say(pat, { denied: [chen.card.id] }, second);
      await world.sql('update limits set seq = 1, body = $1 where pat = $2', [first, pat]);
      await world.sql('update denied set doctor = $1 where pat = $2', [diaz.card.id, pat]);
      world.clock.now += 7_200_000;
      expect([await seen(chen, pat), await seen(diaz, pat)]).toEqual([1, 0]);
      const saying = (state: Bytes, by = ada) => refusal(by.cloud.limits.say({ pat, state }));
      const again = (state: Bytes, by = ada) => refusal(by.cloud.limits.say({ pat, state, restored: true }));
      expect([await saying(third), await saying(second)]).toEqual(['conflict', 'invalid']);
      expect(await again(third, northgate)).toBe('denied');
      expect(await again(said(pat, { time: now() + 301 }, second))).toBe('invalid');
      // What comes next has to come after what is here.
      expect(await again(said(pat, { seq: 2 }))).toBe('conflict');
      expect(await again(third)).toBe('ok');
      expect([await seen(chen, pat), await seen(diaz, pat)]).toEqual([0, 1]);
      expect(await ada.cloud.limits.state({ pat })).toEqual({ state: third, followed: null });
      for (const older of [first, second]) expect(await again(older)).toBe('conflict');
    });

    test('deletes the locks for roles, and no others, when a chart begins to open by name, and when it ends', async () => {
      const { pat, node, lock, post, tools } = await charted();
      await ada.cloud.sharing.wrap({ pat, part: 'MI', links: [], wraps: [tools.wrapBy(ada, node)] });
      const kinds = async () =>
        (await world.sql<{ kind: string }>('select kind from wrap where pat = $1 order by kind', [pat])).map(({ kind }) => kind);
      let state = await say(pat, { denied: [chen.card.id] });
      expect(await kinds()).toEqual(['owner', 'policy']);
      for (const byName of [true, false]) {
        state = await say(pat, { byName }, state);
        expect(await kinds()).toEqual(['owner']);
        expect(await seen(diaz, pat)).toBe(0);
        await follow(pat, state);
        await post([await lock()]);
        expect(await kinds()).toEqual(['owner', 'policy']);
      }
    });

    test('takes no lock of a writer that has not said that it follows, and a day later nothing', async () => {
      const { pat, lock, post } = await charted();
      const first = await say(pat, { byName: true });
      const wrapping = async () => northgate.cloud.sharing.wrap({ pat, part: 'MI', links: [], wraps: [await lock()] });
      expect(await refusal(wrapping())).toBe('conflict');
      expect(await refusal(post([await lock()]))).toBe('conflict');
      expect(await refusal(post())).toBe('ok');
      world.clock.now += 86_401_000;
      expect(await refusal(post())).toBe('conflict');
      expect(await refusal(follow(pat, said(pat)))).toBe('conflict');
      expect(await refusal(northgate.cloud.limits.follow({ pat, followed: systemRandom(64) }))).toBe('conflict');
      expect(await refusal(follow(pat, first, ada))).toBe('denied');
      await follow(pat, first);
      expect(await refusal(wrapping())).toBe('ok');
      expect(await refusal(post())).toBe('ok');
      // The next word is to be followed anew.
      await say(pat, { denied: [chen.card.id] }, first);
      expect((await ada.cloud.limits.state({ pat })).followed).toBeNull();
      expect(await refusal(wrapping())).toBe('conflict');
    });

    test('takes what a clinic forwards for her devices, whether it follows or not, for as long as that may be', async () => {
      const { pat, tools } = await charted();
      const [theirs, hers, own] = [id(), id(), id()];
      const made = newCard('device', now() + 1_000_000);
      const watch: Person = { ...made, card: vouch(made.card, ada.card.id, ada.secrets.edSk), cloud: northgate.cloud };
      await northgate.cloud.login.present({ card: encodeCard(watch.card), with: [] });
      await ada.cloud.sharing.wrap({ pat, part: 'MI', links: [{ nodeId: hers, parent: none }], wraps: [tools.wrapBy(ada, hers)] });
      const ownTree = { wraps: [tools.wrapBy(northgate, own)] };
      await northgate.cloud.records.post(tools.posting([anyRow(own)], [{ nodeId: own, parent: none }], ownTree));
      await say(pat, { denied: [chen.card.id] });
      world.clock.now += 86_401_000;
      const day = { nodeId: id(), parent: hers };
      const post = (...asked: Parameters<typeof tools.posting>) => refusal(northgate.cloud.records.post(tools.posting(...asked)));
      expect(await post([anyRow(day.nodeId)], [day])).toBe('ok');
      expect(await post([anyRow(theirs)], [{ nodeId: theirs, parent: none }], { wraps: [tools.wrapBy(watch, theirs)] })).toBe('ok');
      expect(await post([anyRow(theirs)], [{ nodeId: theirs, parent: none }])).toBe('ok');
      // Not with something of its own among it, nor in a tree that nobody locked.
      const nobodys = id();
      expect(await post([anyRow(day.nodeId), anyRow(own)])).toBe('conflict');
      expect(await post([anyRow(nobodys)], [{ nodeId: nobodys, parent: none }])).toBe('conflict');
      expect(await post([anyRow(day.nodeId)], [], { wraps: [tools.wrapBy(northgate, id())] })).toBe('conflict');
    });

    test('takes no locks for roles that another copy of the owner’s keyring made by other limits', async () => {
      const { pat, node, tools } = await charted();
      const wrapping = async (limits?: number) => {
        const lock = tools.wrapBy(ada, node, { kind: 'policy', domain: northgate.card.id, body: await world.sealed(['l:heart']) });
        return refusal(ada.cloud.sharing.wrap({ pat, part: 'MI', links: [], wraps: [lock], ...(limits !== undefined && { limits }) }));
      };
      expect(await wrapping()).toBe('ok');
      expect(await wrapping(1)).toBe('conflict');
      const first = await say(pat, { byName: true });
      expect(await wrapping()).toBe('conflict');
      expect(await wrapping(1)).toBe('ok');
      await say(pat, { denied: [chen.card.id], byName: true }, first);
      expect(await wrapping(1)).toBe('conflict');
      expect(await wrapping(2)).toBe('ok');
    });

    test('leaves a receipt of each word: a taking back where she limits more, a grant where less', async () => {
      const { pat } = await charted();
      const count = async () => Number((await world.sql<{ n: string }>('select count(*) as n from receipt where pat = $1', [pat]))[0]!.n);
      const before = await count();
      const state = said(pat, { denied: [chen.card.id] });
      const { promise } = await ada.cloud.limits.say({ pat, state });
      expect(promise).toBeDefined();
      expect(await count()).toBe(before + 1);
      // Said again after a lost answer it is a taking back still.
      await ada.cloud.limits.say({ pat, state });
      await say(pat, {}, state);
      const rows = await world.sql<{ commitment: Bytes; sealed: Bytes }>('select commitment, sealed from receipt where pat = $1', [pat]);
      const kinds = rows.flatMap(({ commitment, sealed }) => {
        const opened = openWith(ada.secrets.hybridSk, receiptContext(pat, commitment), sealed);
        return (opened && decodeReceipt(opened)?.kind) ?? [];
      });
      expect(kinds.filter((kind) => kind !== 'posting').sort()).toEqual(['grant', 'taking-back', 'taking-back']);
    });
  });
}
