import { CareletError } from '@carelet/care/model';
import { type Bytes, utf8 } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { encodeCard } from '@carelet/crypto/cards/card';
import { hashOfLetter, signGrant } from '@carelet/crypto/pre/grant';
import { newFactor } from '@carelet/crypto/pre/mediator';
import { accept, rekey, scopeKey } from '@carelet/crypto/pre/owner';
import { newHalf } from '@carelet/crypto/pre/reader';
import { type RequestAnswer, sealedRequestLength, signAnswer } from '@carelet/crypto/pre/requests';
import { scopeName } from '@carelet/crypto/records/scope';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, toolsOf, type World } from './cloud.testing.ts';
import { requestLimits } from './requests.ts';

const day = 86_400_000;

export function requestsSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place}, asked by doctors`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let ben: Person;
    let chen: Person;
    /** Two charts of Ada's and one of Ben's; something of each opens to Dr Chen. */
    let pat: Bytes;
    let second: Bytes;
    let bens: Bytes;
    let node: Bytes;

    beforeAll(async () => {
      world = await open();
      [northgate, ada, ben, chen] = [
        world.person('organisation'),
        world.person('patient'),
        world.person('patient'),
        world.person('doctor'),
      ];
      for (const { cloud, card } of [ada, ben, chen]) await cloud.login.present({ card: encodeCard(card), with: [] });
      const body = await world.sealed(['l:heart']);
      const opening = async (owner: Person) => {
        const chart = await chartFor(northgate, owner);
        const tools = toolsOf(world, northgate, chart);
        const root = id();
        const wrap = tools.wrapBy(northgate, root, { kind: 'policy', domain: northgate.card.id, body });
        await northgate.cloud.records.post(tools.posting([anyRow(root)], [{ nodeId: root, parent: none }], { wraps: [wrap] }));
        return { chart, node: root };
      };
      ({ chart: pat, node } = await opening(ada));
      [second, bens] = [(await opening(ada)).chart, (await opening(ben)).chart];
      await enters(chen);
    }, 60_000);

    beforeEach(async () => {
      await world.sql('delete from request');
    });

    afterAll(() => world?.[Symbol.asyncDispose]());

    const now = () => Math.floor(world.clock.now / 1000);
    const enters = (doctor: Person) =>
      world.enters(doctor, {
        doctor: doctor.card.id,
        organisation: northgate.card.id,
        formula: 'l:heart',
        issued: now(),
        notAfter: now() + 80 * 86_400,
      });
    const refusal = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'ok',
        (thrown: unknown) => (thrown instanceof CareletError ? `${thrown.kind}: ${thrown.because}` : String(thrown)),
      );
    /** Whatever it says: the cloud cannot tell. */
    const anything = (of = pat) => ({
      pat: of,
      request: id(),
      sealed: systemRandom(sealedRequestLength),
      own: systemRandom(sealedRequestLength),
    });
    const ask = async (of = pat, by = chen) => {
      const asked = anything(of);
      await by.cloud.requests.ask(asked);
      return asked;
    };
    const received = async (by: Person) => (await by.cloud.requests.list()).received;
    const made = async (by: Person) => (await by.cloud.requests.list()).made;
    const answer = (word: RequestAnswer, { pat: of, request }: { pat: Bytes; request: Bytes }, by = ada, doctor = chen) =>
      signAnswer(by.secrets.edSk, { pat: of, request, doctor: doctor.card.id }, word);
    const withdraw = (by: Person, { pat: of, request }: { pat: Bytes; request: Bytes }) => by.cloud.requests.withdraw({ pat: of, request });
    const declining = (asked: { pat: Bytes; request: Bytes }, by = ada) => ({
      ...{ pat: asked.pat, request: asked.request, doctor: chen.card.id },
      signature: answer('declined', asked, by),
    });

    test('shows a request to the patient it is for, a copy to the doctor who made it, and neither to anybody else', async () => {
      const asked = await ask();
      const { request, sealed, own } = asked;
      expect(await received(ada)).toEqual([{ pat, request, doctor: chen.card.id, sealed }]);
      expect(await made(chen)).toEqual([{ pat, owner: ada.card.id, request, own, answer: null }]);
      expect(await made(ada)).toEqual([]);
      for (const other of [ben, northgate, world.person('doctor')]) {
        expect(await other.cloud.requests.list()).toEqual({ received: [], made: [] });
      }
    });

    test('asked again after a lost answer, it keeps one; under the same number it takes no other', async () => {
      const asked = await ask();
      await chen.cloud.requests.ask(asked);
      expect(await received(ada)).toHaveLength(1);
      expect(await refusal(chen.cloud.requests.ask({ ...asked, sealed: anything().sealed }))).toMatch(
        /^conflict: a request of this number/,
      );
      expect((await received(ada)).map(({ sealed }) => sealed)).toEqual([asked.sealed]);
    });

    test('gives a doctor to whom nothing of a chart opens the answer of one that does not exist', async () => {
      const diaz = world.person('doctor');
      const hidden = await chartFor(northgate, ada);
      const nowhere = await refusal(diaz.cloud.requests.ask(anything(id())));
      expect(nowhere).toBe('denied: nothing of this chart opens to you');
      expect(await refusal(diaz.cloud.requests.ask(anything(pat)))).toBe(nowhere);
      // Somebody with a key, to whom this chart shows nothing: neither.
      for (const of of [hidden, id()]) expect(await refusal(chen.cloud.requests.ask(anything(of)))).toBe(nowhere);
      for (const nobody of [ada, northgate]) expect(await refusal(nobody.cloud.requests.ask(anything(pat)))).toBe(nowhere);
      expect(await world.sql('select 1 from request')).toEqual([]);
    });

    test('takes none for somebody who could not answer, because he has no keyring yet', async () => {
      const cradle = world.person('cradle');
      await cradle.cloud.login.present({ card: encodeCard(cradle.card), with: [] });
      const unlinked = await chartFor(northgate, cradle);
      const tools = toolsOf(world, northgate, unlinked);
      const root = id();
      const wrap = tools.wrapBy(northgate, root, { kind: 'policy', domain: northgate.card.id, body: await world.sealed(['l:heart']) });
      await northgate.cloud.records.post(tools.posting([anyRow(root)], [{ nodeId: root, parent: none }], { wraps: [wrap] }));
      expect(await refusal(chen.cloud.requests.ask(anything(unlinked)))).toMatch(/^missing: this patient has no keyring/);
    });

    test('takes none of another size than all have', async () => {
      for (const length of [0, sealedRequestLength - 1, sealedRequestLength + 1]) {
        expect(await refusal(chen.cloud.requests.ask({ ...anything(), sealed: new Uint8Array(length) }))).toMatch(/^invalid/);
        expect(await refusal(chen.cloud.requests.ask({ ...anything(), own: new Uint8Array(length) }))).toMatch(/^invalid/);
      }
    });

    test('lets few wait for one patient, by whichever of her charts, and more for another', async () => {
      const waiting = [];
      for (let n = 0; n < requestLimits.waiting; n++) waiting.push(await ask(n % 2 === 0 ? pat : second));
      expect(await refusal(ask())).toBe('conflict: some of yours still wait for this patient');
      expect(await refusal(ask(second))).toBe('conflict: some of yours still wait for this patient');
      await ask(bens);
      await withdraw(chen, waiting[0]!);
      expect(await refusal(ask())).toBe('ok');
    });

    test('counts requests made at the same moment one after the other', async () => {
      const outcomes = await Promise.all(Array.from({ length: requestLimits.waiting + 3 }, () => refusal(ask())));
      expect(outcomes.filter((one) => one === 'ok')).toHaveLength(requestLimits.waiting);
      expect(await received(ada)).toHaveLength(requestLimits.waiting);
    });

    test('lets nobody ask one patient again and again, whatever became of it, until thirty days are over', async () => {
      for (let n = 0; n < requestLimits.ofPatient; n++) {
        const asked = await ask();
        if (n % 2 === 0) await withdraw(chen, asked);
        else await ada.cloud.requests.decline(declining(asked));
      }
      expect(await refusal(ask())).toBe('conflict: this patient was asked often enough for now');
      expect(await refusal(ask(bens))).toBe('ok');
      await later(30 * day, async () => expect(await refusal(ask())).toBe('ok'));
    });

    test('forgets what a declined request said, and tells its doctor the patient’s signed word', async () => {
      const asked = await ask();
      await ada.cloud.requests.decline(declining(asked));
      await ada.cloud.requests.decline(declining(asked));
      expect(await received(ada)).toEqual([]);
      expect(await world.sql('select 1 from request where sealed is not null')).toEqual([]);
      const [told] = await made(chen);
      expect(told).toMatchObject({ own: asked.own, answer: { word: 'declined', signature: answer('declined', asked) } });
      // What was answered does not come again.
      expect(await refusal(chen.cloud.requests.ask(asked))).toMatch(/^conflict: a request of this number/);
      expect(await refusal(withdraw(chen, asked))).toMatch(/^conflict: it was answered/);
    });

    test('lets nobody answer for the patient, nor for another request', async () => {
      const asked = await ask();
      const another = await ask();
      const wrong = [
        [ada, { ...declining(asked), signature: new Uint8Array(64) }],
        [ada, { ...declining(asked), signature: answer('granted', asked) }],
        [ada, { ...declining(asked), signature: answer('declined', another) }],
        [ada, { ...declining(asked), signature: answer('declined', asked, chen) }],
        [chen, declining(asked)],
      ] as const;
      for (const [by, input] of wrong)
        expect(await refusal(by.cloud.requests.decline(input))).toMatch(/^denied: the answer is not signed by you/);
      // Signed by whoever sends it, but not hers to answer: the answer of one that does not exist.
      for (const by of [chen, ben, northgate]) {
        const real = await refusal(by.cloud.requests.decline(declining(asked, by)));
        expect(real).toMatch(/^conflict: it was answered or taken back before/);
        expect(await refusal(by.cloud.requests.decline(declining({ pat: id(), request: id() }, by)))).toBe(real);
      }
      expect(await received(ada)).toHaveLength(2);
    });

    test('lets a doctor take back her own and nobody else’s; nothing of it is left but its number', async () => {
      const asked = await ask();
      const diaz = world.person('doctor');
      await enters(diaz);
      for (const other of [diaz, ada, northgate]) expect(await refusal(withdraw(other, asked))).toMatch(/^conflict/);
      expect(await received(ada)).toHaveLength(1);
      await withdraw(chen, asked);
      await withdraw(chen, asked);
      expect(await received(ada)).toEqual([]);
      expect(await made(chen)).toEqual([]);
      expect(await world.sql('select sealed, own, answer from request')).toEqual([{ sealed: null, own: null, answer: null }]);
      expect(await refusal(ada.cloud.requests.decline(declining(asked)))).toMatch(/^conflict/);
      expect(await refusal(chen.cloud.requests.ask(asked))).toMatch(/^conflict/);
      // The same number of another doctor's is another request.
      await diaz.cloud.requests.ask(asked);
      expect((await received(ada)).map(({ doctor }) => doctor)).toEqual([diaz.card.id]);
    });

    test('shows, takes and answers nothing any more when thirty days are over', async () => {
      const asked = await ask();
      await later(30 * day - 1000, async () => expect(await received(ada)).toHaveLength(1));
      await later(30 * day, async () => {
        expect(await received(ada)).toEqual([]);
        expect(await made(chen)).toEqual([]);
        expect(await refusal(ada.cloud.requests.decline(declining(asked)))).toMatch(/^conflict/);
        expect(await refusal(withdraw(chen, asked))).toMatch(/^conflict/);
        expect(await refusal(chen.cloud.requests.ask(asked))).toMatch(/^conflict/);
      });
    });

    test('wants to know who asks', async () => {
      const response = await world.raw({ op: 'requests.list', body: new Uint8Array([0xa0]) });
      expect(response.status).toBeGreaterThanOrEqual(400);
    });

    describe('and a grant that answers one', () => {
      /** A grant of Ada's to Dr Chen over her second chart, which reaches one scope. */
      const granting = async () => {
        const group = await loadGroup('mcl');
        const gate = signingKey();
        const { delegate } = newHalf(group, { id: chen.card.id, edSk: chen.secrets.edSk });
        const letter = utf8('sealed to her');
        const grant = id();
        const doctor = { id: chen.card.id, edVk: chen.card.edVk };
        const { factor } = newFactor(group, grant, delegate, doctor, gate.secret)!;
        const q = accept(group, { grant, delegate, factor, doctor, mediator: gate.public })!;
        const scope = scopeKey(group, systemRandom(32), scopeName(['vital-signs', 'N', 'none'], 0, 'MI', '2026-10'));
        const body = { grant, pat: second, doctor: chen.card.id, mediator: id(), issued: now(), notAfter: now() + 1000 };
        const signed = signGrant(ada.secrets.edSk, { ...body, letterHash: hashOfLetter(letter) });
        return { grant: signed, letter, rekeys: [rekey(group, scope, q)] };
      };
      const answers = (asked: { pat: Bytes; request: Bytes }) => ({
        ...{ pat: asked.pat, request: asked.request },
        signature: answer('granted', asked),
      });
      const grantsHeld = async () => (await chen.cloud.sharing.grants()).grants.length;

      test('come at once or not at all', async () => {
        const asked = await ask();
        const given = await granting();
        for (const wrong of [
          { ...answers(asked), signature: answer('declined', asked) },
          { ...answers(asked), request: id() },
          { ...answers(asked), pat: id() },
        ]) {
          expect(await refusal(ada.cloud.sharing.grant({ ...given, answers: wrong }))).toMatch(/^denied/);
        }
        const unknown = { pat, request: id() };
        expect(await refusal(ada.cloud.sharing.grant({ ...given, answers: answers(unknown) }))).toMatch(/^conflict/);
        expect(await grantsHeld()).toBe(0);
        expect(await received(ada)).toHaveLength(1);

        await ada.cloud.sharing.grant({ ...given, answers: answers(asked) });
        await ada.cloud.sharing.grant({ ...given, answers: answers(asked) });
        expect(await grantsHeld()).toBe(1);
        expect(await received(ada)).toEqual([]);
        const [told] = await made(chen);
        expect(told?.answer).toEqual({ word: 'granted', signature: answer('granted', asked) });
      });

      test('is refused when its doctor has taken the request back', async () => {
        const held = await grantsHeld();
        const asked = await ask();
        await withdraw(chen, asked);
        expect(await refusal(ada.cloud.sharing.grant({ ...(await granting()), answers: answers(asked) }))).toMatch(/^conflict/);
        expect(await grantsHeld()).toBe(held);
      });
    });

    test('tells of a request the two it is between, while it happens, and nobody else who sees the chart', async () => {
      const diaz = world.person('doctor');
      await enters(diaz);
      const stop = new AbortController();
      const heard = new Map<Person, string[]>([ada, chen, diaz, northgate].map((who) => [who, []]));
      const listen = async (who: Person) => {
        for await (const change of who.cloud.records.changes({}, { signal: stop.signal }))
          heard.get(who)!.push(change.kind === 'changed' ? (change.part ?? 'chart') : change.kind);
      };
      const listening = [...heard.keys()].map(listen);
      const everybody = (what: string, times: number) =>
        expect.poll(() => [...heard.values()].every((events) => events.filter((one) => one === what).length >= times)).toBe(true);
      // A row that everybody sees stands before and after, so that nothing else is still on its way.
      const row = () => northgate.cloud.records.post(toolsOf(world, northgate, pat).posting([anyRow(node)]));
      await everybody('here', 1);
      await row();
      await everybody('MI', 1);
      const since = new Map([...heard].map(([who, events]) => [who, events.length]));
      const fresh = (who: Person) => heard.get(who)!.slice(since.get(who));
      const asked = await ask();
      await expect.poll(() => [fresh(ada), fresh(chen)]).toEqual([['chart'], ['chart']]);
      await ada.cloud.requests.decline(declining(asked));
      await expect.poll(() => fresh(chen)).toEqual(['chart', 'chart']);
      await row();
      await everybody('MI', 2);
      stop.abort();
      await Promise.all(listening);
      for (const who of [ada, chen]) expect(fresh(who)).toEqual(['chart', 'chart', 'MI']);
      for (const who of [diaz, northgate]) expect(fresh(who)).toEqual(['MI']);
    });

    async function later(ms: number, work: () => Promise<void>): Promise<void> {
      const before = world.clock.now;
      world.clock.now += ms;
      try {
        await work();
      } finally {
        world.clock.now = before;
      }
    }
  });
}
