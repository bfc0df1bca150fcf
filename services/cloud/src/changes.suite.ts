/**
 * Who hears what of the changes, wherever the cloud runs.
 *
 * That somebody hears nothing is never shown by waiting: something that he does hear comes after it, and is the next
 * thing he hears.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import { decodeEvent, encodeBody, messageReader } from '@carelet/care/wire';
import { type Bytes, compare, hex } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import { signRequest } from '@carelet/crypto/login/request';
import { signDeed } from '@carelet/crypto/records/chart';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { anyRow, chartFor, id, none, type OpenWorld, type Person, type Tools, toolsOf, type World } from './cloud.testing.ts';

type Heard = { kind: string; at: Bytes; pat?: Bytes; part?: Part | null; nodes?: Bytes[] };

/** Somebody who listens, from a place on. */
function listen(who: Person, after?: Bytes) {
  const enough = new AbortController();
  const events = who.cloud.records.changes(after ? { after } : {}, { signal: enough.signal })[Symbol.asyncIterator]();
  const next = async (): Promise<Heard> => {
    const { done, value } = await events.next();
    return done === true ? expect.unreachable('the stream ended') : value;
  };
  return {
    next,
    /** The next change, in short; its nodes come in an order that says nothing. */
    async change(): Promise<[pat: string, part: Part | null, nodes: string[]]> {
      const { kind, pat, part, nodes } = await next();
      expect(kind).toBe('changed');
      expect(nodes).toEqual([...nodes!].sort(compare));
      return [hex(pat!), part!, nodes!.map(hex)];
    },
    async stop() {
      enough.abort();
      expect(await events.next()).toEqual({ done: true, value: undefined });
    },
  };
}

const names = (...nodes: Bytes[]) => nodes.map(hex).sort();

export function changesSuite(place: string, open: OpenWorld): void {
  describe(`the changes of a cloud ${place}`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let chen: Person;
    let diaz: Person;
    let pat: Bytes;
    let tools: Tools;
    let [root, cardio, skin]: Bytes[] = [];

    const now = () => Math.floor(world.clock.now / 1000);
    const entitle = (doctor: Person, formula: string, more: { issued?: number; notAfter?: number } = {}) =>
      world.enters(doctor, {
        issued: now(),
        doctor: doctor.card.id,
        organisation: northgate.card.id,
        formula,
        notAfter: now() + 3600,
        ...more,
      });
    const post = (...nodes: Bytes[]) => northgate.cloud.records.post(tools.posting(nodes.map((node) => anyRow(node))));
    const policyWrap = async (by: Person, node: Bytes, label: string, domain = northgate.card.id) =>
      tools.wrapBy(by, node, { kind: 'policy', domain, body: await world.sealed([label]) });
    const wrap = (by: Person, wraps: Awaited<ReturnType<typeof policyWrap>>[], links: { nodeId: Bytes; parent: Bytes }[] = []) =>
      by.cloud.sharing.wrap({ pat, part: 'MI', links, wraps });

    /** Somebody who listens already when this gives him. */
    const listening = async (who: Person, after?: Bytes) => {
      const ear = listen(who, after);
      const first = await ear.next();
      expect(first.kind).toBe('here');
      return { ...ear, from: first.at };
    };

    beforeAll(async () => {
      world = await open();
      northgate = world.person('organisation');
      ada = world.person('patient');
      [chen, diaz] = [world.person('doctor'), world.person('doctor')];
      await ada.cloud.login.present({ card: encodeCard(ada.card), with: [] });
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      [root, cardio, skin] = [id(), id(), id()];
      const links = [
        { nodeId: root, parent: none },
        { nodeId: cardio, parent: root },
        { nodeId: skin, parent: root },
      ];
      const wraps = [await policyWrap(northgate, cardio, 'l:cardio'), await policyWrap(northgate, skin, 'l:skin')];
      await northgate.cloud.records.post(tools.posting([anyRow(root)], links, { wraps }));
      await entitle(chen, 'l:cardio');
      await entitle(diaz, 'l:skin');
      // What was posted here is heard before anybody listens.
      await new Promise((done) => setTimeout(done, 250));
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    test('are heard within two seconds: all by owner and writer, by a doctor what she may open', async () => {
      const ears = await Promise.all([ada, northgate, chen, diaz].map((who) => listening(who)));
      const posted = performance.now();
      await post(root, cardio);
      expect(await ears[0]!.change()).toEqual([hex(pat), 'MI', names(root, cardio)]);
      expect(await ears[1]!.change()).toEqual([hex(pat), 'MI', names(root, cardio)]);
      expect(await ears[2]!.change()).toEqual([hex(pat), 'MI', names(cardio)]);
      expect(performance.now() - posted).toBeLessThan(2_000);
      await post(skin);
      expect(await ears[3]!.change()).toEqual([hex(pat), 'MI', names(skin)]);
      await post(cardio);
      expect(await ears[2]!.change()).toEqual([hex(pat), 'MI', names(cardio)]);
      for (const ear of ears) await ear.stop();
    });

    test('are not heard by strangers, neither by patients nor by doctors', async () => {
      for (const stranger of [world.person('patient'), world.person('doctor')]) {
        const ear = await listening(stranger);
        await post(root, cardio, skin);
        const own = await chartFor(northgate, stranger);
        expect(await ear.change()).toEqual([hex(own), null, []]);
        await ear.stop();
      }
    });

    test('are those that were written: not a batch again, not one that was refused', async () => {
      const ear = await listening(ada);
      const batch = tools.posting([anyRow(root)]);
      await northgate.cloud.records.post(batch);
      expect((await ear.change())[2]).toEqual(names(root));
      await northgate.cloud.records.post(batch);
      await tools.refused('invalid', () => northgate.cloud.records.post(tools.posting([anyRow(root), anyRow(id())])));
      await post(skin);
      expect((await ear.change())[2]).toEqual(names(skin));
      await ear.stop();
    });

    test('of wraps are heard by whom they open something for, and shared with others by nobody but the owner', async () => {
      const [owner, doctor] = [await listening(ada), await listening(chen)];
      await wrap(ada, [await policyWrap(ada, cardio, 'l:cardio', world.person('organisation').card.id)]);
      expect((await owner.change())[2]).toEqual(names(cardio));
      const day = id();
      await wrap(ada, [await policyWrap(ada, day, 'l:cardio')], [{ nodeId: day, parent: root }]);
      expect(await doctor.change()).toEqual([hex(pat), 'MI', names(day)]);
      expect((await owner.change())[2]).toEqual(names(day));
      // A node below one that she sees, and the same again, which is no news.
      const hour = id();
      await wrap(ada, [], [{ nodeId: hour, parent: day }]);
      expect((await doctor.change())[2]).toEqual(names(hour));
      await wrap(ada, [], [{ nodeId: hour, parent: day }]);
      await post(cardio);
      expect((await doctor.change())[2]).toEqual(names(cardio));
      for (const ear of [owner, doctor]) await ear.stop();
    });

    test('of a chart itself are heard when it is opened and when it is handed on', async () => {
      const [cradle, ben] = [world.person('cradle'), world.person('patient')];
      for (const one of [cradle, ben]) await northgate.cloud.login.present({ card: encodeCard(one.card), with: [] });
      const [writer, patient] = [await listening(northgate), await listening(ben)];
      const of = await chartFor(northgate, cradle);
      expect(await writer.change()).toEqual([hex(of), null, []]);
      const deed = signDeed(northgate.secrets.edSk, { pat: of, writer: northgate.card.id, owner: ben.card.id });
      await northgate.cloud.records.linkChart({ pat: of, owner: ben.card.id, deed, wraps: [] });
      expect(await patient.change()).toEqual([hex(of), null, []]);
      expect(await writer.change()).toEqual([hex(of), null, []]);
      for (const ear of [writer, patient]) await ear.stop();
    });

    test('of more nodes than one would name mean the whole chart', async () => {
      const many = Array.from({ length: 501 }, id);
      const [owner, doctor] = [await listening(ada), await listening(chen)];
      const links = many.map((nodeId, i) => ({ nodeId, parent: i < 500 ? cardio! : root! }));
      await wrap(ada, [], links);
      expect(await owner.change()).toEqual([hex(pat), null, []]);
      expect(await doctor.change()).toEqual([hex(pat), 'MI', names(...many.slice(0, 500))]);
      const more = Array.from({ length: 501 }, () => ({ nodeId: id(), parent: cardio! }));
      await wrap(ada, [], more);
      expect(await doctor.change()).toEqual([hex(pat), null, []]);
      for (const ear of [owner, doctor]) await ear.stop();
    });

    test('are heard after a break from where it was, none missed and none twice', async () => {
      const witness = await listening(ada);
      const before = await listening(chen);
      await post(cardio);
      const { at } = await before.next();
      await before.stop();
      await witness.next();
      // Each is heard before the next is posted, so each has a slot of its own.
      const nodes = [cardio!, skin!, cardio!, root!, cardio!];
      for (const node of nodes) {
        await post(node);
        await witness.next();
      }
      const after = await listening(chen, at);
      const places: Bytes[] = [];
      for (let i = 0; i < 3; i++) {
        const event = await after.next();
        expect(event).toMatchObject({ kind: 'changed', part: 'MI', nodes: [cardio] });
        places.push(event.at);
      }
      const later = id();
      await wrap(ada, [], [{ nodeId: later, parent: cardio! }]);
      expect((await after.change())[2]).toEqual(names(later));
      await after.stop();
      for (const [i, from] of places.entries()) {
        const again = await listening(chen, from);
        for (let left = i; left < 2; left++) expect((await again.change())[2]).toEqual(names(cardio!));
        expect((await again.change())[2]).toEqual(names(later));
        await again.stop();
      }
      await witness.stop();
    });

    test('are lost after a restart, and to whoever brings a place of somebody else’s or none', async () => {
      const ear = await listening(ada);
      await post(root);
      const { at } = await ear.next();
      await ear.stop();
      for (const [who, from] of [
        [chen, at],
        [ada, new Uint8Array(36)],
      ] as const) {
        const other = listen(who, from);
        expect((await other.next()).kind).toBe('lost');
        await other.stop();
      }
      await world.restart();
      const again = listen(ada, at);
      const lost = await again.next();
      expect(lost.kind).toBe('lost');
      await post(cardio);
      expect((await again.change())[2]).toEqual(names(cardio));
      await again.stop();
      await (await listening(ada, lost.at)).stop();
    });

    test('are listened to from eight places, and from another when one is left', async () => {
      const ben = world.person('patient');
      const ears = await Promise.all(Array.from({ length: 8 }, () => listening(ben)));
      const refused = { kind: 'unavailable', because: 'you listen from too many places already' };
      await expect(listen(ben).next()).rejects.toMatchObject(refused);
      await (await listening(ada)).stop();
      await ears.pop()!.stop();
      // The cloud notices a moment later.
      const again = await vi.waitFor(() => listening(ben), { timeout: 5_000 });
      await expect(listen(ben).next()).rejects.toMatchObject(refused);
      for (const ear of [...ears, again]) await ear.stop();
    });

    test('are not heard any more once an entitlement is replaced or has ended', async () => {
      const ear = await listening(chen);
      await post(cardio);
      expect((await ear.change())[2]).toEqual(names(cardio));
      await entitle(chen, 'l:skin', { issued: now() + 1 });
      await post(cardio);
      await post(skin);
      expect((await ear.change())[2]).toEqual(names(skin));
      world.clock.now += 3_601_000;
      await post(skin);
      const own = await chartFor(northgate, chen);
      expect(await ear.change()).toEqual([hex(own), null, []]);
      await ear.stop();
    });
  });

  describe(`a cloud ${place} that remembers little`, () => {
    test('says that changes are lost, to whoever comes back late', async () => {
      await using world = await open({ kept: 2 });
      const [northgate, ada] = [world.person('organisation'), world.person('patient')];
      await ada.cloud.login.present({ card: encodeCard(ada.card), with: [] });
      const witness = listen(northgate);
      const ear = listen(ada);
      const { at } = await ear.next();
      await ear.stop();
      expect((await witness.next()).kind).toBe('here');
      for (let i = 0; i < 3; i++) {
        await chartFor(northgate, ada);
        await witness.next();
      }
      const late = listen(ada, at);
      expect((await late.next()).kind).toBe('lost');
      const next = await chartFor(northgate, ada);
      expect(await late.change()).toEqual([hex(next), null, []]);
      for (const one of [witness, late]) await one.stop();
    });
  });

  describe(`two clouds ${place} that differ in what a doctor may not know`, () => {
    const same = (n: number) => new Uint8Array(16).fill(n);
    const [pat, root, cardio, skin] = [1, 2, 3, 4].map(same) as [Bytes, Bytes, Bytes, Bytes];

    /** What Dr Chen is sent, but for the places: those are noise. */
    async function transcript(denied: boolean): Promise<string[]> {
      await using world = await open();
      const now = Math.floor(world.clock.now / 1000);
      const [northgate, ada, chen] = [world.person('organisation'), world.person('patient'), world.person('doctor')];
      await ada.cloud.login.present({ card: encodeCard(ada.card), with: [] });
      const deed = signDeed(northgate.secrets.edSk, { pat, writer: northgate.card.id, owner: ada.card.id });
      await northgate.cloud.records.openChart({ pat, owner: ada.card.id, deed });
      const { posting, wrapBy } = toolsOf(world, northgate, pat);
      const links = [
        { nodeId: root, parent: none },
        { nodeId: cardio, parent: root },
        { nodeId: skin, parent: root },
      ];
      const policy = async (node: Bytes, label: string) =>
        wrapBy(northgate, node, { kind: 'policy', domain: northgate.card.id, body: await world.sealed([label]) });
      await northgate.cloud.records.post(posting([anyRow(root)], links, { wraps: [await policy(cardio, 'l:cardio')] }));
      const granted = { issued: now, doctor: chen.card.id, organisation: northgate.card.id, formula: 'l:cardio', notAfter: now + 3600 };
      await world.enters(chen, granted);
      await new Promise((done) => setTimeout(done, 250));

      const sent: string[] = [];
      const parse = messageReader(10_000);
      const hear = async (response: Response, count: number): Promise<Bytes> => {
        const reader = response.body!.getReader();
        let at: Bytes = none;
        for (const until = sent.length + count; sent.length < until; ) {
          for (const message of parse((await reader.read()).value!)) {
            if (message.kind !== 'event') continue;
            const event = decodeEvent('cbor', message.data) as Heard;
            at = event.at;
            sent.push(`${message.data.length} ${hex(encodeBody('cbor', { ...event, at: new Uint8Array(at.length) }))}`);
          }
        }
        await reader.cancel();
        return at;
      };
      const ask = (after?: Bytes) => {
        const op = 'records.changes';
        const body = encodeBody('cbor', { after });
        return world.raw({
          op,
          body,
          authorization: signRequest({ id: chen.card.id, edSk: chen.secrets.edSk }, { audience: 'cloud', op, body }, now),
        });
      };
      const write = async (...nodes: Bytes[]) => {
        await northgate.cloud.records.post(posting(nodes.map((node) => anyRow(node))));
      };
      const secretly = async () => {
        if (!denied) return;
        await write(skin, root);
        await northgate.cloud.records.post(posting([anyRow(skin)], [], { wraps: [await policy(skin, 'l:skin')] }));
        await chartFor(northgate, ada);
      };

      const response = await ask();
      await secretly();
      await write(cardio);
      const first = await hear(response, 2);
      await secretly();
      await write(...(denied ? [cardio, skin] : [cardio]));
      await new Promise((done) => setTimeout(done, 150));
      await secretly();
      await write(cardio);
      await new Promise((done) => setTimeout(done, 150));
      const second = await hear(await ask(first), 3);
      await secretly();
      await hear(await ask(second), 1);
      return sent;
    }

    test('send her the same, byte for byte', async () => {
      const [one, other] = [await transcript(false), await transcript(true)];
      expect(one.length).toBe(6);
      expect(other).toEqual(one);
    }, 60_000);
  });
}
