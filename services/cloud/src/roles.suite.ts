/**
 * Roles at the cloud: its part of a doctor's key is used for her alone, in her sight alone, and is gone when an administrator says so.
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { concat } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { type KeyEnd, signKeyEnd } from '@carelet/crypto/cards/approval';
import { encodeCard } from '@carelet/crypto/cards/card';
import type { Entitlement } from '@carelet/crypto/cards/entitlement';
import { readServiceKey } from '@carelet/crypto/cards/service';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { decodeReceipt, receiptContext } from '@carelet/crypto/receipts/leaf';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type OpenWorld, type Person, type Tools, toolsOf, type World } from './cloud.testing.ts';

export function rolesSuite(name: string, openWorld: OpenWorld): void {
  describe(`roles at a cloud ${name}`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let pat: Bytes;
    let tools: Tools;
    let chen: Person;
    let [reached, other]: Bytes[] = [];
    const now = () => Math.floor(world.clock.now / 1000);
    const entitlement = (more: Partial<Entitlement> = {}): Entitlement => ({
      doctor: chen.card.id,
      organisation: northgate.card.id,
      formula: 'l:cardio and l:2026',
      issued: now(),
      notAfter: now() + 30 * 86_400,
      ...more,
    });
    const transform = (nodes: Bytes[], { who = chen, of = pat, organisation = northgate.card.id } = {}) =>
      who.cloud.sharing.transform({ pat: of, organisation, nodes });

    beforeAll(async () => {
      world = await openWorld();
      northgate = world.person('organisation');
      ada = world.person('patient');
      for (const one of [northgate, ada]) await one.cloud.records.charts();
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      [reached, other] = [id(), id()] as [Bytes, Bytes];
      const policy = async (node: Bytes, ...labels: string[]) =>
        tools.wrapBy(northgate, node, { kind: 'policy', domain: northgate.card.id, body: await world.sealed(labels) });
      const wraps = [await policy(reached, 'l:cardio', 'l:2026'), await policy(other, 'l:skin', 'l:2026')];
      const links = [reached, other].map((nodeId) => ({ nodeId, parent: none }));
      await northgate.cloud.records.post(tools.posting([anyRow(reached), anyRow(other)], links, { wraps }));
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    beforeEach(() => {
      chen = world.person('doctor');
    });

    const enter = async (of: Entitlement, transforms?: { issuer: number; sealed: Bytes }[]) =>
      chen.cloud.sharing.enter({ entitlement: world.entitle(of), transforms: transforms ?? (await world.transforms(of)) });

    test('it shows a key that the key of its log vouches for', async () => {
      const { key } = await chen.cloud.sharing.service();
      expect(readServiceKey('cloud', world.log.key, key)).not.toBeNull();
      expect(readServiceKey('mediator', world.log.key, key)).toBeNull();
    });

    test('a doctor enters once with its part of her key, and from then on without', async () => {
      const of = entitlement();
      await tools.refused('missing', () => enter(of, []));
      const { bases } = await enter(of);
      expect(bases.map(({ length }) => length)).toEqual([576, 576]);
      expect(await enter(of, [])).toEqual({ bases });
      expect(await enter(of, (await world.transforms(of)).toReversed())).toEqual({ bases });
    });

    test('a later key takes the place of an earlier one, which does not come back', async () => {
      const [first, second] = [entitlement(), entitlement({ issued: now() + 1, formula: 'l:skin' })];
      const before = await enter(first);
      const after = await enter(second);
      expect(after.bases).not.toEqual(before.bases);
      await tools.refused('conflict', () => enter(first));
      await expect(transform([reached])).rejects.toMatchObject({ kind: 'denied' });
      expect((await transform([other])).transformed.map(({ length }) => length)).toEqual([1152]);
    });

    test('takes no part that is not of this key: another’s, of another day or policy, one issuer’s twice, a changed byte', async () => {
      const of = entitlement();
      const [one, two] = (await world.transforms(of)) as [{ issuer: number; sealed: Bytes }, { issuer: number; sealed: Bytes }];
      const foreign = async (more: Partial<Entitlement>) => (await world.transforms(entitlement(more)))[1]!;
      for (const [kind, ...parts] of [
        ['invalid', one, one],
        ['missing', one, { ...two, issuer: 2 }],
        ['missing', { ...one, issuer: 1 }, { ...two, issuer: 0 }],
        ['missing', one, await foreign({ doctor: ada.card.id })],
        ['missing', one, await foreign({ organisation: ada.card.id })],
        ['invalid', one, await foreign({ issued: now() - 1 })],
        ['invalid', one, await foreign({ formula: 'l:cardio' })],
        ['missing', one, { ...two, sealed: two.sealed.map((byte, i) => (i === 1300 ? byte ^ 1 : byte)) }],
      ] as [string, typeof one, typeof one][]) {
        await tools.refused(kind, () => enter(of, parts));
      }
      await enter(of, [one, two]);
    });

    test('what was sealed to it the day before it takes, and what is older never again', async () => {
      const of = entitlement();
      const parts = await world.transforms(of);
      world.clock.now += 86_400_000;
      const fresh = world.person('doctor');
      await enter(of, parts);
      const late = entitlement({ doctor: fresh.card.id });
      const kept = await world.transforms(late);
      world.clock.now += 2 * 86_400_000;
      chen = fresh;
      await tools.refused('missing', () => enter(late, kept));
    });

    test('it transforms what is in the doctor’s sight, for each issuer of her key, and leaves a receipt', async () => {
      await enter(entitlement());
      const { transformed, promise } = await transform([reached, reached]);
      expect(transformed.map(({ length }) => length)).toEqual([1152, 1152]);
      expect(transformed[0]).toEqual(transformed[1]);
      expect(promise).toBeDefined();
      const { gt } = await loadGroup('mcl');
      const halves = [transformed[0]!.subarray(0, 576), transformed[0]!.subarray(576)];
      for (const half of halves) expect(concat(gt.encode(gt.decode(half)))).toEqual(half);
      expect(halves[0]).not.toEqual(halves[1]);
      const rows = await world.sql<{ commitment: Bytes; sealed: Bytes }>('select commitment, sealed from receipt where pat = $1', [pat]);
      const receipts = rows.map(
        ({ commitment, sealed }) => decodeReceipt(openWith(ada.secrets.hybridSk, receiptContext(pat, commitment), sealed)!)!,
      );
      const left = receipts.filter(({ kind }) => kind === 'transformation');
      expect(left.some(({ actor, nodes }) => actor.every((byte, i) => byte === chen.card.id[i]) && nodes.length === 1)).toBe(true);
    });

    test('what waits while it is denied, its key ended or another issued, is refused as what comes after, and leaves no receipt', async () => {
      const sam = world.person('administrator');
      const acts = async () => Number((await world.sql<{ n: string }>('select count(*) as n from receipt where pat = $1', [pat]))[0]!.n);
      await enter(entitlement());
      const before = await acts();
      for (const meanwhile of [
        () => world.sql('insert into denied values ($1, $2)', [pat, chen.card.id]),
        () => enter(entitlement({ issued: now() + 2, formula: 'l:cardio' })),
      ]) {
        world.meanwhile = meanwhile;
        await expect(transform([reached!])).rejects.toMatchObject({ kind: 'denied' });
        await world.sql('delete from denied where pat = $1', [pat]);
      }
      chen = world.person('doctor');
      await enter(entitlement());
      const ended: KeyEnd = { doctor: chen.card.id, of: { organisation: northgate.card.id, before: now() + 1 } };
      const word = { ...ended, administrator: encodeCard(sam.card), signature: signKeyEnd(sam.secrets.edSk, ended) };
      world.meanwhile = () => sam.cloud.sharing.endKeys(word);
      await expect(transform([reached!])).rejects.toMatchObject({ kind: 'denied' });
      expect(await acts()).toBe(before);
    });

    test('it transforms nothing out of sight, and says of all of that the same', async () => {
      await enter(entitlement());
      const denied = async (asked: Promise<unknown>) =>
        asked.then(
          () => 'ok',
          (thrown: { kind: string; because: string }) => `${thrown.kind}: ${thrown.because}`,
        );
      const elsewhere = await chartFor(northgate, ada);
      const answers = [
        await denied(transform([other])),
        await denied(transform([reached, other])),
        await denied(transform([id()])),
        await denied(transform([reached], { of: id() })),
        await denied(transform([reached], { of: elsewhere })),
        await denied(transform([reached], { organisation: id() })),
        await denied(transform([reached], { who: world.person('doctor') })),
      ];
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toMatch(/^denied/);
      world.clock.now += 31 * 86_400_000;
      expect(await denied(transform([reached]))).toBe(answers[0]);
      world.clock.now -= 31 * 86_400_000;
    });

    describe('a doctor whose keys an administrator ended', () => {
      const word = (by: Person, doctor = chen, of: KeyEnd['of'] = null) => ({
        doctor: doctor.card.id,
        of,
        administrator: encodeCard(by.card),
        signature: signKeyEnd(by.secrets.edSk, { doctor: doctor.card.id, of }),
      });

      test('opens nothing any more, and her part of the key is not there', async () => {
        const of = entitlement();
        await enter(of);
        const sam = world.person('administrator');
        // Whoever brings it: it counts for what the administrator signed.
        await world.person('patient').cloud.sharing.endKeys(word(sam));
        await expect(transform([reached])).rejects.toMatchObject({ kind: 'denied' });
        await tools.refused('denied', () => enter(of), /ended/);
        for (const table of ['transform_key', 'entitlement']) {
          expect(await world.sql(`select 1 from ${table} where doctor = $1`, [chen.card.id])).toEqual([]);
        }
        // A second time, and to nobody else's harm.
        await sam.cloud.sharing.endKeys(word(sam));
        chen = world.person('doctor');
        await enter(entitlement());
      });

      test('is so by an administrator’s word alone', async () => {
        await enter(entitlement());
        const [sam, diaz] = [world.person('administrator'), world.person('doctor')];
        for (const forged of [
          word(world.person('patient')),
          word(diaz),
          word(northgate),
          { ...word(sam), signature: word(sam, diaz).signature },
          { ...word(sam, chen, { organisation: id(), before: now() }), of: null },
          { ...word(sam), administrator: encodeCard(world.person('administrator').card) },
          { ...word(sam), administrator: encodeCard({ ...sam.card, vouchers: sam.card.vouchers.slice(0, 1) }) },
        ]) {
          await tools.refused('denied', () => sam.cloud.sharing.endKeys(forged));
        }
        expect((await transform([reached])).transformed.length).toBe(1);
      });

      test('keeps what was issued after, and for others, where only what was issued before has ended', async () => {
        const larkfield = world.person('organisation');
        const [before, elsewhere] = [entitlement(), entitlement({ organisation: larkfield.card.id })];
        await enter(before);
        await enter(elsewhere);
        const sam = world.person('administrator');
        await sam.cloud.sharing.endKeys(word(sam, chen, { organisation: northgate.card.id, before: now() + 1 }));
        await expect(transform([reached])).rejects.toMatchObject({ kind: 'conflict' });
        await tools.refused('conflict', () => enter(before), /another policy/);
        await enter(elsewhere, []);
        await enter(entitlement({ issued: now() + 1 }));
        expect((await transform([reached])).transformed.length).toBe(1);
        // An earlier word, said again later, ends nothing more.
        await sam.cloud.sharing.endKeys(word(sam, chen, { organisation: northgate.card.id, before: now() }));
        expect((await transform([reached])).transformed.length).toBe(1);
      });

      test('stays so when the card of whoever signed it has expired since, and nobody ends keys with such a card', async () => {
        const of = entitlement();
        const sam = world.person('administrator', { lasts: 60 });
        await enter(of);
        const { doctor, of: ended, signature } = word(sam);
        world.clock.now += 61_000;
        await tools.refused('denied', () => northgate.cloud.sharing.endKeys(word(sam)));
        const late = { organisation: northgate.card.id, before: now() + 300 };
        world.authority.administrators.push(encodeCard(sam.card));
        world.authority.ended.push({ doctor, of: late, by: sam.card.id, signature: word(sam, chen, late).signature });
        await world.restart();
        expect((await transform([reached])).transformed.length).toBe(1);
        world.authority.ended.push({ doctor, of: ended, by: sam.card.id, signature });
        await world.restart();
        await expect(transform([reached])).rejects.toMatchObject({ kind: 'denied' });
        await tools.refused('denied', () => enter(of));
      });

      test('stays so when the database comes from a backup: what the authority knows is replayed before anything is served', async () => {
        const of = entitlement();
        await enter(of);
        const sam = world.person('administrator');
        const { signature } = word(sam);
        world.authority.administrators.push(encodeCard(sam.card));
        world.authority.ended.push({ doctor: chen.card.id, of: null, by: sam.card.id, signature });
        // It comes up with all it had, and the authority is away: then nothing of a role is served, to anybody.
        world.authority.away = true;
        await world.restart();
        await expect(transform([reached])).rejects.toMatchObject({ kind: 'unavailable' });
        world.authority.away = false;
        await expect(transform([reached])).rejects.toMatchObject({ kind: 'denied' });
        await tools.refused('denied', () => enter(of));
        expect(await world.sql('select 1 from transform_key where doctor = $1', [chen.card.id])).toEqual([]);
        // A word that the authority made up ends nothing.
        chen = world.person('doctor');
        await enter(entitlement());
        world.authority.ended.push({ doctor: chen.card.id, of: null, by: sam.card.id, signature });
        await world.restart();
        expect((await transform([reached])).transformed.length).toBe(1);
      });
    });
  });

  describe(`a cloud ${name} whose town retires a domain`, () => {
    test('forgets its parts of keys, also out of a backup, takes none again, and no wrap that is sealed for it', async () => {
      await using world = await openWorld();
      const [northgate, ada, chen] = [world.person('organisation'), world.person('patient'), world.person('doctor')];
      for (const one of [northgate, ada]) await one.cloud.records.charts();
      const pat = await chartFor(northgate, ada);
      const tools = toolsOf(world, northgate, pat);
      const node = id();
      const sealed = (body: Bytes) => tools.wrapBy(northgate, node, { kind: 'policy', domain: northgate.card.id, body });
      const wraps = [sealed(await world.sealed(['l:cardio']))];
      await northgate.cloud.records.post(tools.posting([anyRow(node)], [{ nodeId: node, parent: none }], { wraps }));
      const issued = Math.floor(world.clock.now / 1000);
      const of = { doctor: chen.card.id, organisation: northgate.card.id, formula: 'l:cardio', issued, notAfter: issued + 86_400 };
      const parts = await world.transforms(of);
      const enter = () => chen.cloud.sharing.enter({ entitlement: world.entitle(of), transforms: parts });
      const transform = () => chen.cloud.sharing.transform({ pat, organisation: northgate.card.id, nodes: [node] });
      const outcome = (work: Promise<unknown>) => work.then(() => 'ok').catch((thrown: { kind?: string }) => thrown.kind);
      const keptKeys = async () => Number((await world.sql<{ n: string }>('select count(*) as n from transform_key'))[0]!.n);
      await enter();
      expect(await outcome(transform())).toBe('ok');
      for (const table of ['transform_key', 'entitlement', 'served_domain'])
        await world.sql(`create table old_${table} as select * from ${table}`);

      const { id: today, before, manifest } = await world.retire();
      const stranger = world.person('patient');
      expect(await outcome(stranger.cloud.sharing.retired({ manifest: manifest.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) }))).toBe(
        'tampered',
      );
      expect(await keptKeys()).toBe(2);
      await stranger.cloud.sharing.retired({ manifest });
      expect(await keptKeys()).toBe(0);
      expect([await outcome(transform()), await outcome(enter())]).toEqual(['denied', 'conflict']);
      for (const table of ['transform_key', 'entitlement', 'served_domain']) {
        await world.sql(`delete from ${table}`);
        await world.sql(`insert into ${table} select * from old_${table}`);
      }
      await world.restart();
      expect([await outcome(transform()), await keptKeys()]).toEqual(['denied', 0]);

      const asked = { pat, kind: 'policy' as const, domain: northgate.card.id, nodes: [node] };
      const wrapped = async (more = {}) => (await northgate.cloud.records.wrapped({ ...asked, ...more })).wrapped;
      expect([await wrapped(), await wrapped({ sealedFor: today })]).toEqual([[true], [false]]);
      const lay = (wrap: ReturnType<typeof sealed>) => northgate.cloud.sharing.wrap({ pat, part: 'MI', links: [], wraps: [wrap] });
      await tools.refused('conflict', () => lay(wraps[0]!));
      await tools.refused('conflict', () => northgate.cloud.records.post(tools.posting([anyRow(node)], [], { wraps })));
      await lay(sealed(await world.sealed(['l:cardio'])));
      // It took the other's place.
      expect(await world.sql(`select count(*)::int as n from wrap where kind = 'policy'`)).toEqual([{ n: 1 }]);
      expect(await wrapped({ sealedFor: today })).toEqual([true]);
      await tools.refused('conflict', () => lay(wraps[0]!));

      // Started anew it has pinned no manifest yet, and is shown the one of before.
      world.authority.shows = before;
      await world.restart();
      expect([await outcome(transform()), await outcome(enter()), await outcome(lay(wraps[0]!))]).toEqual([
        'tampered',
        'tampered',
        'tampered',
      ]);
      world.authority.shows = null;
      expect([await outcome(enter()), await outcome(lay(wraps[0]!))]).toEqual(['conflict', 'conflict']);
    });
  });
}
