import { CareletError } from '@carelet/care/model';
import { type Bytes, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { type Group, loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { encodeCard } from '@carelet/crypto/cards/card';
import { scopeId } from '@carelet/crypto/pre/cloud';
import { type Grant, hashOfLetter, signEnd, signGrant } from '@carelet/crypto/pre/grant';
import { newFactor } from '@carelet/crypto/pre/mediator';
import { accept, rekey, type ScopeKey, scopeKey } from '@carelet/crypto/pre/owner';
import { newHalf } from '@carelet/crypto/pre/reader';
import { seal } from '@carelet/crypto/pre/writer';
import { hashOfState, scopeName, signScopeState } from '@carelet/crypto/records/scope';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, type Tools, toolsOf, type World } from './cloud.testing.ts';

const category = ['vital-signs', 'N', 'none'] as const;

export function consentSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place}, asked to share`, () => {
    let world: World;
    let group: Group;
    let tools: Tools;
    let northgate: Person;
    let ada: Person;
    let chen: Person;
    let pat: Bytes;
    let node: Bytes;
    let october: ScopeKey;
    let delegate: Bytes;
    const gate = signingKey();
    const root = systemRandom(32);
    const pseudonym = id();
    const now = () => Math.floor(world.clock.now / 1000);

    beforeAll(async () => {
      world = await open();
      group = await loadGroup('mcl');
      [northgate, ada, chen] = [world.person('organisation'), world.person('patient'), world.person('doctor')];
      await ada.cloud.login.present({ card: encodeCard(ada.card), with: [] });
      await chen.cloud.login.present({ card: encodeCard(chen.card), with: [] });
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      node = id();
      await northgate.cloud.records.post(tools.posting([anyRow(node)], [{ nodeId: node, parent: none }]));
      october = scopeKey(group, root, scopeName(category, 0, 'MI', '2026-10'));
      ({ delegate } = newHalf(group, { id: chen.card.id, edSk: chen.secrets.edSk }));
      await chen.cloud.sharing.delegate({ delegate });
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    const refusal = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'ok',
        (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
      );
    const state = (more: Partial<Parameters<typeof signScopeState>[1]> = {}, by = ada): Bytes =>
      signScopeState(by.secrets.edSk, {
        pat,
        category: pseudonym,
        gen: 0,
        since: 1,
        published: [{ scope: id(), p: october.p }],
        prevHash: new Uint8Array(32),
        ...more,
      });
    /** A grant to Dr Chen, and the re-encryption key of October that belongs to it. */
    const granting = (more: Partial<Grant> = {}, by = ada) => {
      const letter = utf8('sealed to her');
      const grant = more.grant ?? id();
      const { factor } = newFactor(group, grant, delegate, { id: chen.card.id, edVk: chen.card.edVk }, gate.secret)!;
      const offer = { grant, delegate, factor, doctor: { id: chen.card.id, edVk: chen.card.edVk }, mediator: gate.public };
      const body = {
        grant,
        pat,
        doctor: chen.card.id,
        mediator: id(),
        issued: now(),
        notAfter: now() + 1000,
        letterHash: hashOfLetter(letter),
        ...more,
      };
      return { grant: signGrant(by.secrets.edSk, body), letter, rekeys: [rekey(group, october, accept(group, offer)!)], number: grant };
    };
    const asked = ({ grant, letter, rekeys }: ReturnType<typeof granting>) => ({ grant, letter, rekeys });
    const consentWrap = (maker = ada) =>
      tools.wrapBy(maker, node, {
        kind: 'consent',
        domain: scopeId(october.p),
        body: seal(group, october, utf8('here'), utf8('a node key')),
      });
    const turnsFor = (who: Person, grant: Bytes) =>
      refusal(who.cloud.sharing.turn({ pat, grant, nodes: [{ nodeId: node, scope: scopeId(october.p) }] }));

    test('gives out doctors’ halves with their cards, and takes none for somebody else', async () => {
      const [found] = (await ada.cloud.sharing.delegates({ doctors: [chen.card.id, id()] })).delegates;
      expect(found).toEqual({ delegate, card: encodeCard(chen.card) });
      const ivy = world.person('doctor');
      expect(await refusal(ivy.cloud.sharing.delegate({ delegate }))).toBe('invalid');
      expect(await refusal(ada.cloud.sharing.delegate({ delegate }))).toBe('invalid');
    });

    test('gives out a carer’s half to patients only, and takes none of whoever is neither doctor nor patient', async () => {
      const halfOf = ({ card, secrets }: Person) => newHalf(group, { id: card.id, edSk: secrets.edSk }).delegate;
      const ruth = world.person('patient');
      const half = halfOf(ruth);
      await ruth.cloud.sharing.delegate({ delegate: half });
      const asked = { doctors: [ruth.card.id] };
      expect((await ada.cloud.sharing.delegates(asked)).delegates).toEqual([{ delegate: half, card: encodeCard(ruth.card) }]);
      for (const other of [chen, northgate]) expect((await other.cloud.sharing.delegates(asked)).delegates).toEqual([]);
      for (const other of [northgate, world.person('administrator')]) {
        expect(await refusal(other.cloud.sharing.delegate({ delegate: halfOf(other) }))).toBe('invalid');
      }
    });

    test('keeps what a patient publishes in its order, and neither a fork nor an older state nor another’s', async () => {
      const letter = utf8('for the writer');
      const first = state();
      const second = state({ published: [], prevHash: hashOfState(first) });
      await ada.cloud.sharing.publish({ pat, states: [first], letter });
      await ada.cloud.sharing.publish({ pat, states: [first, second], letter });
      const fork = state({ since: 1, published: [{ scope: id(), p: october.p }], prevHash: hashOfState(first) });
      for (const wrong of [
        fork,
        state({ since: 2 }),
        state({ pat: id(), prevHash: hashOfState(second) }),
        state({ prevHash: hashOfState(second) }, chen),
      ]) {
        expect(await refusal(ada.cloud.sharing.publish({ pat, states: [wrong], letter }))).toBe('conflict');
      }
      expect(await northgate.cloud.sharing.scopes({ pat })).toEqual({ states: [first, second], letter });
      expect(await refusal(chen.cloud.sharing.scopes({ pat }))).toBe('denied');
      expect(await refusal(chen.cloud.sharing.publish({ pat, states: [state({}, chen)], letter }))).toBe('denied');
    });

    test('lays a consent wrap of its owner or writer, of the scope it names, and no other', async () => {
      const wrap = (wraps: ReturnType<typeof consentWrap>[], by = ada) =>
        refusal(by.cloud.sharing.wrap({ pat, part: 'MI', links: [], wraps }));
      const sound = consentWrap();
      expect(await wrap([tools.wrapBy(ada, node, { kind: 'consent', domain: id(), body: sound.body })])).toBe('invalid');
      expect(await wrap([tools.wrapBy(ada, node, { kind: 'consent', domain: sound.domain, body: utf8('nonsense') })])).toBe('invalid');
      expect(await wrap([{ ...sound, signature: new Uint8Array(64) }])).toBe('denied');
      expect(await wrap([consentWrap(chen)], chen)).toBe('denied');
      expect(await wrap([sound])).toBe('ok');
      expect(
        await ada.cloud.sharing.consented({
          pat,
          nodes: [
            { nodeId: node, scope: sound.domain },
            { nodeId: node, scope: id() },
          ],
        }),
      ).toEqual({
        wrapped: [true, false],
      });
    });

    test('a day after a generation ended it takes no wrap for it, and no row in a tree its writer locked for it', async () => {
      const [own, devices, fresh] = [id(), id(), id()] as [Bytes, Bytes, Bytes];
      const chart = await chartFor(northgate, ada);
      const here = toolsOf(world, northgate, chart);
      const of = { pat: chart, since: now() };
      const first = state(of);
      const second = state({ ...of, gen: 1, since: now() + 10, published: [], prevHash: hashOfState(first) });
      const lock = (on: Bytes, by = ada) =>
        here.wrapBy(by, on, {
          kind: 'consent',
          domain: scopeId(october.p),
          body: seal(group, october, utf8('here'), utf8('a node key')),
        });
      const day = (tree: Bytes) => ({ nodeId: id(), parent: tree });
      const [ownDay, devicesDay] = [day(own), day(devices)];
      await northgate.cloud.records.post(
        here.posting([anyRow(ownDay.nodeId)], [{ nodeId: own, parent: none }, ownDay], { wraps: [here.wrapBy(northgate, own)] }),
      );
      const links = [{ nodeId: devices, parent: none }, devicesDay];
      await ada.cloud.sharing.wrap({ pat: chart, part: 'MI', links, wraps: [here.wrapBy(ada, devices)] });
      await ada.cloud.sharing.publish({ pat: chart, states: [first], letter: utf8('for the writer') });
      await ada.cloud.sharing.wrap({ pat: chart, part: 'MI', links: [], wraps: [lock(ownDay.nodeId), lock(devicesDay.nodeId)] });
      await ada.cloud.sharing.publish({ pat: chart, states: [second], letter: utf8('for the writer') });
      const post = (on: Bytes, more: { nodeId: Bytes; parent: Bytes }[] = [], wraps: ReturnType<typeof lock>[] = []) =>
        northgate.cloud.records.post(here.posting([anyRow(on)], more, { wraps }));
      const began = world.clock.now;
      try {
        world.clock.now = began + 86_400_000;
        const tomorrow = day(own);
        await post(tomorrow.nodeId, [tomorrow]);
        world.clock.now = began + 86_420_000;
        const later = day(own);
        await here.refused('conflict', () => post(ownDay.nodeId));
        await here.refused('conflict', () => post(tomorrow.nodeId));
        await here.refused('conflict', () => post(later.nodeId, [later]));
        await here.refused('conflict', () => post(fresh, [{ nodeId: fresh, parent: none }], [lock(fresh, northgate)]));
        await here.refused('conflict', () =>
          ada.cloud.sharing.wrap({ pat: chart, part: 'MI', links: [], wraps: [lock(devicesDay.nodeId)] }),
        );
        // What a device writes arrives, and a new tree is begun.
        await post(devicesDay.nodeId);
        await post(fresh, [{ nodeId: fresh, parent: none }]);
      } finally {
        world.clock.now = began;
      }
    });

    test('turns a wrap for the doctor of a grant that holds, for nobody else, and no more once it is taken back', async () => {
      const given = granting();
      expect(await turnsFor(chen, given.number)).toBe('denied');
      expect((await chen.cloud.records.charts()).charts).toEqual([]);
      await ada.cloud.sharing.grant(asked(given));
      await ada.cloud.sharing.grant(asked(given));
      expect((await chen.cloud.records.charts()).charts.map((chart) => chart.pat)).toEqual([pat]);
      expect((await chen.cloud.records.nodes({ pat })).wraps.map(({ kind }) => kind)).toEqual(['consent']);
      expect(await turnsFor(chen, given.number)).toBe('ok');
      for (const other of [ada, northgate, world.person('doctor')]) expect(await turnsFor(other, given.number)).toBe('denied');
      expect((await chen.cloud.sharing.grants()).grants).toHaveLength(1);
      expect((await world.person('doctor').cloud.sharing.grants()).grants).toEqual([]);

      const end = { pat, grant: given.number, end: signEnd(ada.secrets.edSk, { pat, grant: given.number }) };
      expect(await refusal(chen.cloud.sharing.end(end))).toBe('denied');
      // Somebody else's signature, over the very same words, ends nothing.
      for (const other of [chen, world.person('patient')]) {
        expect(await refusal(other.cloud.sharing.end({ ...end, end: signEnd(other.secrets.edSk, end) }))).toBe('denied');
      }
      expect(await turnsFor(chen, given.number)).toBe('ok');
      await ada.cloud.sharing.end(end);
      expect(await turnsFor(chen, given.number)).toBe('denied');
      expect((await chen.cloud.records.charts()).charts).toEqual([]);
      expect(await world.sql('select 1 from rekey where grant_id = $1', [given.number])).toEqual([]);
      // What was taken back does not come again, whoever sends it.
      expect(await refusal(ada.cloud.sharing.grant(asked(given)))).toBe('conflict');
    });

    test('takes back again what comes from a backup, before it serves anybody; whoever has the tables alone turns nothing', async () => {
      const [given, held] = [granting(), granting()];
      for (const one of [given, held]) await ada.cloud.sharing.grant(asked(one));
      type Row = { grant_id: Buffer; scope: Buffer; body: Buffer };
      const laid = await world.sql<Row>('select * from rekey where pat = $1', [pat]);
      for (const { body } of laid)
        for (const one of [given, held]) for (const rekey of one.rekeys) expect(hex(body).includes(hex(rekey.slice(-64)))).toBe(false);
      await ada.cloud.sharing.end({ pat, grant: given.number, end: signEnd(ada.secrets.edSk, { pat, grant: given.number }) });
      // The tables are those of before the end.
      await world.sql('update consent set ended = null where grant_id = $1', [given.number]);
      for (const { grant_id, scope, body } of laid)
        await world.sql('insert into rekey values ($1, $2, $3, $4) on conflict do nothing', [pat, grant_id, scope, body]);
      expect(await turnsFor(chen, given.number)).toBe('ok');
      await world.restart();
      expect(await turnsFor(chen, given.number)).toBe('denied');
      expect(await world.sql('select 1 from rekey where grant_id = $1', [given.number])).toEqual([]);
      expect((await ada.cloud.sharing.grants()).grants).toHaveLength(1);
      expect(await turnsFor(chen, held.number)).toBe('ok');
      // Or of before the grant: its number is none any more.
      await world.sql('delete from consent where grant_id = $1', [given.number]);
      await world.restart();
      expect(await refusal(ada.cloud.sharing.grant(asked(given)))).toBe('conflict');
      // What lay there unsealed, of before they were, is sealed; and opens as it did.
      await world.sql('update rekey set body = $2 where grant_id = $1', [held.number, held.rekeys[0]!]);
      await world.restart();
      expect(await world.sql('select 1 from rekey where body = $1', [held.rekeys[0]!])).toEqual([]);
      expect(await turnsFor(chen, held.number)).toBe('ok');
      await ada.cloud.sharing.end({ pat, grant: held.number, end: signEnd(ada.secrets.edSk, { pat, grant: held.number }) });
    });

    test('takes no grant that its patient did not sign, of another chart, over another letter, or with keys of another', async () => {
      const given = granting();
      const ivy = world.person('patient');
      expect(await refusal(ivy.cloud.sharing.grant(asked(given)))).toBe('invalid');
      expect(await refusal(ivy.cloud.sharing.grant(asked(granting({}, ivy))))).toBe('denied');
      expect(await refusal(ada.cloud.sharing.grant(asked(granting({ pat: id() }))))).toBe('denied');
      expect(await refusal(ada.cloud.sharing.grant({ ...asked(given), letter: utf8('another') }))).toBe('invalid');
      expect(await refusal(ada.cloud.sharing.grant(asked(granting({ notAfter: now() }))))).toBe('invalid');
      for (const rekeys of [granting().rekeys, [...given.rekeys, utf8('none')], [...given.rekeys, ...granting().rekeys]]) {
        expect(await refusal(ada.cloud.sharing.grant({ ...asked(given), rekeys }))).toBe('invalid');
      }
      expect((await chen.cloud.sharing.grants()).grants).toEqual([]);
    });

    test('what waits while the grant is taken back, or its doctor denied, is refused as what comes after, and leaves no receipt', async () => {
      const given = granting();
      await ada.cloud.sharing.grant(asked(given));
      const acts = async () => Number((await world.sql<{ n: string }>('select count(*) as n from receipt where pat = $1', [pat]))[0]!.n);
      const before = await acts();
      world.meanwhile = () => world.sql('insert into denied values ($1, $2)', [pat, chen.card.id]);
      expect(await turnsFor(chen, given.number)).toBe('denied');
      await world.sql('delete from denied where pat = $1', [pat]);
      expect(await acts()).toBe(before);
      expect(await turnsFor(chen, given.number)).toBe('ok');
      const end = { pat, grant: given.number, end: signEnd(ada.secrets.edSk, { pat, grant: given.number }) };
      world.meanwhile = () => ada.cloud.sharing.end(end);
      expect(await turnsFor(chen, given.number)).toBe('denied');
      expect(await acts()).toBe(before + 2);
    });

    test('a grant that comes after its end is refused, as one that ended, however late and in whatever order the two are written', async () => {
      const late = granting();
      const end = ({ number }: { number: Bytes }) =>
        ada.cloud.sharing.end({ pat, grant: number, end: signEnd(ada.secrets.edSk, { grant: number, pat }) });
      await end(late);
      await end(late);
      expect(await refusal(ada.cloud.sharing.grant(asked(late)))).toBe('conflict');
      expect(await turnsFor(chen, late.number)).toBe('denied');
      expect((await ada.cloud.sharing.grants()).grants).toEqual([]);
      for (let i = 0; i < 3; i++) {
        const both = granting();
        await Promise.all([refusal(ada.cloud.sharing.grant(asked(both))), end(both)]);
        expect(await turnsFor(chen, both.number)).toBe('denied');
        expect(await world.sql('select 1 from rekey where grant_id = $1', [both.number])).toEqual([]);
      }
      // Only until no grant that was signed by then can last, and none is taken that lasts longer.
      const days = 397;
      expect(await refusal(ada.cloud.sharing.grant(asked(granting({ notAfter: now() + days * 86_400 + 1 }))))).toBe('invalid');
      expect(await refusal(ada.cloud.sharing.grant(asked(granting({ issued: now() + 301 }))))).toBe('invalid');
      const older = granting({ issued: now() - 86_400, notAfter: now() + days * 86_400 });
      expect(await refusal(ada.cloud.sharing.grant(asked(older)))).toBe('invalid');
    });

    test('keeps so many ends of grants that never came of one owner, and ends every grant that came', async () => {
      const given = granting();
      await ada.cloud.sharing.grant(asked(given));
      const end = (grant: Bytes) => refusal(ada.cloud.sharing.end({ pat, grant, end: signEnd(ada.secrets.edSk, { grant, pat }) }));
      const outcomes: string[] = [];
      for (let i = 0; i < 101; i++) outcomes.push(await end(id()));
      expect(new Set(outcomes)).toEqual(new Set(['ok', 'unavailable']));
      expect(await world.sql(`select 1 from consent where owner = $1 and body = ''`, [ada.card.id])).toHaveLength(100);
      expect(await end(given.number)).toBe('ok');
      expect(await turnsFor(chen, given.number)).toBe('denied');
      await world.sql(`delete from consent where body = ''`);
      expect(await end(id())).toBe('ok');
    });

    test('turns nothing any more when a grant has ended by its clock', async () => {
      const given = granting();
      await ada.cloud.sharing.grant(asked(given));
      expect(await turnsFor(chen, given.number)).toBe('ok');
      const before = world.clock.now;
      world.clock.now += 1_001_000;
      expect(await turnsFor(chen, given.number)).toBe('denied');
      expect((await chen.cloud.records.charts()).charts).toEqual([]);
      world.clock.now = before;
    });
  });
}
