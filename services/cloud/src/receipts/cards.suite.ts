import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import { judgeCard } from '@carelet/crypto/receipts/cards';
import { openCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { decodeReceipt } from '@carelet/crypto/receipts/leaf';
import { cosignNote, decodeNote, encodeNote } from '@carelet/crypto/receipts/note';
import { deviceSaw, signAsDevice } from '@carelet/crypto/receipts/patient-witness';
import { follow } from '@carelet/crypto/receipts/witness';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, type Tools, toolsOf, type World } from '../cloud.testing.ts';

/** Whose card stands in the log, and whose device signed it. */
export function cardsSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place} keeps cards and devices’ signatures`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let ben: Person;
    let pat: Bytes;
    let tools: Tools;
    const now = () => Math.floor(world.clock.now / 1000);

    beforeAll(async () => {
      world = await open();
      [northgate, ada, ben] = [world.person('organisation'), world.person('patient'), world.person('patient')];
      for (const { cloud, card } of [ada, ben]) await cloud.login.present({ card: encodeCard(card), with: [] });
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    async function cardsAt({ cloud }: Person, ...asked: Person[]) {
      const answer = await cloud.receipts.cards({ ids: asked.map(({ card }) => card.id), seen: 0 });
      const { checkpoint } = openCheckpoint(answer.note, world.log)!;
      return { ...answer, verdicts: asked.map(({ card }, i) => judgeCard(card, answer.cards[i]!, checkpoint)) };
    }

    test('a card that was taken stands in the log at once, once, and in the map under its number', async () => {
      const chen = world.person('doctor');
      expect((await cardsAt(ada, ada, ben, northgate, chen)).verdicts).toEqual(['stands', 'stands', 'stands', 'unwritten']);
      await chen.cloud.login.present({ card: encodeCard(chen.card), with: [] });
      await chen.cloud.login.present({ card: encodeCard(chen.card), with: [] });
      const { verdicts, cards } = await cardsAt(ada, chen);
      expect(verdicts).toEqual(['stands']);
      expect(cards[0]!.taken.map(({ receipt }) => decodeReceipt(receipt))).toEqual([
        expect.objectContaining({ kind: 'card', actor: chen.card.id, version: 1, time: now() }),
      ]);
    });

    test('a card whose receipt was taken out of the tables does not stand, and other cards do', async () => {
      const diaz = world.person('doctor');
      await diaz.cloud.login.present({ card: encodeCard(diaz.card), with: [] });
      expect((await cardsAt(ada, diaz)).verdicts).toEqual(['stands']);
      await world.sql('delete from card_receipt where card_id = $1', [diaz.card.id]);
      expect((await cardsAt(ada, diaz, ben)).verdicts).toEqual(['unproven', 'stands']);
    });

    test('what a patient’s device signed is shown to whoever sees her chart, and the log goes on from it', async () => {
      const node = id();
      await northgate.cloud.records.post(tools.posting([anyRow(node)], [{ nodeId: node, parent: none }]));
      const ask = (who: Person) => who.cloud.receipts.nodes({ pat, nodes: [node], seen: 0 });
      expect((await ask(northgate)).owner).toBeNull();
      const { note } = await ada.cloud.receipts.head({ seen: 0 });
      const first = signAsDevice(ada, world.log, note, now());
      await ada.cloud.receipts.sign(first);
      await northgate.cloud.records.post(tools.posting([anyRow(node)]));
      const answer = await ask(northgate);
      expect(deviceSaw(ada.card, world.log, answer.owner!)?.time).toBe(now());
      expect(follow(world.log, answer.owner!.note, answer.note, answer.owner!.path, now()).kind).toBe('goes on');

      // A later one takes its place, the first handed in again does not, and there is one of each patient.
      world.clock.now += 61_000;
      const later = signAsDevice(ada, world.log, (await ada.cloud.receipts.head({ seen: 0 })).note, now());
      await ada.cloud.receipts.sign(later);
      await ada.cloud.receipts.sign(first);
      expect((await ask(ada)).owner?.note).toEqual(later.note);
      expect(await world.sql('select owner from device_witness')).toHaveLength(1);
    });

    test('nobody’s device signs for another, with another’s key, another log, or ahead of its time', async () => {
      const { note } = await ada.cloud.receipts.head({ seen: 0 });
      const [hers, his] = [signAsDevice(ada, world.log, note, now()), signAsDevice(ben, world.log, note, now())];
      const stranger = { ...world.log, secret: ben.secrets.edSk, key: ben.card.edVk };
      const text = decodeNote(note)!.text;
      for (const [who, signed] of [
        [ben, hers],
        [ada, his],
        [ada, { ...his, voucher: hers.voucher }],
        [ada, signAsDevice({ card: ada.card, secrets: ben.secrets }, world.log, note, now())],
        [ada, { ...hers, note }],
        [ada, { ...hers, note: encodeNote(cosignNote({ text, lines: [] }, stranger, now())) }],
        [ada, signAsDevice(ada, world.log, note, now() + 900)],
        [northgate, signAsDevice(northgate, world.log, note, now())],
      ] as const) {
        await tools.refused('denied', () => who.cloud.receipts.sign(signed));
      }
    });
  });
}
