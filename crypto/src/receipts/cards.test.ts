/**
 * What a cloud might try with the cards it hands over, and what its own log and map say of that.
 */
import { expect, test } from 'vitest';
import { seededRandom } from '../algebra/random.ts';
import { type CardBody, cardHash } from '../cards/card.ts';
import { newCard } from '../cards/owner.ts';
import { cardNode, cardReceipt, cardsState, judgeCard, type ShownCards } from './cards.ts';
import type { Checkpoint } from './checkpoint.ts';
import { commitment, encodeReceipt, leafHash, type Receipt } from './leaf.ts';
import { append, emptyRange, proveInclusion, rootOf } from './log.ts';
import { emptyMap, encodeMapProof, proveNodes, update } from './map.ts';
import { logInMemory, mapInMemory } from './memory.ts';

const now = 1_800_000_000;
const random = seededRandom('cards in the log');
const cardOf = (): CardBody => newCard('doctor', now + 1000, random).card;
/** A card that takes the place of another. */
const after = (card: CardBody): CardBody => ({ ...cardOf(), id: card.id, serial: card.serial + 1, prevHash: cardHash(card) });
const [chen, diaz] = [cardOf(), cardOf()];

/** A cloud that took these cards, wrote these into its log and these into its map, and shows of one number what it is told to. */
async function cloud({ logged, mapped = logged }: { logged: readonly CardBody[]; mapped?: readonly CardBody[] }) {
  const receipts = logged.map((card) => cardReceipt(card, now, random));
  const [logStore, mapStore] = [logInMemory(), mapInMemory()];
  const { range, nodes } = append(
    emptyRange,
    receipts.map((one) => leafHash(commitment(one))),
  );
  await logStore.put(nodes);
  const ids = [...new Map(mapped.map((card) => [String(card.id), card.id])).values()];
  const states = ids.map((id) => {
    const under = mapped.filter((card) => String(card.id) === String(id));
    return { nodeId: cardNode(id), state: cardsState(under.map((card) => ({ serial: card.serial, hash: cardHash(card) }))) };
  });
  const map = await update(mapStore, emptyMap, states);
  await mapStore.put(map.nodes);
  const checkpoint: Checkpoint = { origin: 'log', size: range.size, root: rootOf(range), map: map.root, time: now };
  const shown = async (id: Uint8Array, some: readonly Receipt[] = receipts.filter(({ actor }) => String(actor) === String(id))) => {
    const taken = some.map(async (one) => {
      const place = Math.max(receipts.indexOf(one), 0);
      return { receipt: encodeReceipt(one), place, path: await proveInclusion(logStore, place, range.size) };
    });
    const [proof] = await proveNodes(mapStore, map.root, [cardNode(id)]);
    return { taken: await Promise.all(taken), proof: encodeMapProof(proof!) } satisfies ShownCards;
  };
  const judge = async (card: CardBody, some?: readonly Receipt[]) => judgeCard(card, await shown(card.id, some), checkpoint);
  return { receipts, checkpoint, shown, judge };
}

test('a card stands that is in the log, and alone or the last under its number in the map', async () => {
  const later = after(chen);
  const one = await cloud({ logged: [diaz, chen] });
  expect(await one.judge(chen)).toBe('stands');
  const two = await cloud({ logged: [chen, diaz, later] });
  expect(await two.judge(later)).toBe('stands');
  // Before the log there were cards, of which only the last is known.
  expect(await (await cloud({ logged: [later, diaz] })).judge(later)).toBe('stands');
});

test('a card served that is in no log is unwritten, whatever proof comes with it', async () => {
  const { judge, shown, checkpoint } = await cloud({ logged: [diaz] });
  expect(await judge(chen)).toBe('unwritten');
  // Another's receipts, or another's place in the map, are not hers.
  expect(judgeCard(chen, await shown(diaz.id), checkpoint)).toBe('unproven');
  expect(await judge(chen, [cardReceipt(chen, now, random)])).toBe('unproven');
});

test('a leaf that is kept back while the map counts the card, and a card the map does not count, prove nothing', async () => {
  const without = await cloud({ logged: [diaz], mapped: [diaz, chen] });
  expect(await without.judge(chen)).toBe('unproven');
  const unmapped = await cloud({ logged: [diaz, chen], mapped: [diaz] });
  expect(await unmapped.judge(chen)).toBe('unproven');
  const hidden = await cloud({ logged: [diaz, chen] });
  expect(await hidden.judge(chen, [])).toBe('unproven');
  const { taken, proof } = await hidden.shown(chen.id);
  expect(judgeCard(chen, { taken: taken.map((one) => ({ ...one, place: 0 })), proof }, hidden.checkpoint)).toBe('unproven');
  expect(judgeCard(chen, { taken: [{ ...taken[0]!, receipt: new Uint8Array(9) }], proof }, hidden.checkpoint)).toBe('unproven');
  expect(judgeCard(chen, { taken, proof: new Uint8Array(9) }, hidden.checkpoint)).toBe('unproven');
});

test('another card with a log line of its own shows to whoever owns the number', async () => {
  const foisted = { ...cardOf(), id: chen.id };
  const instead = await cloud({ logged: [diaz, foisted] });
  expect(await instead.judge(foisted)).toBe('stands');
  expect(await instead.judge(chen)).toBe('another');
});

test('two cards under one number show, beside or after one’s own, and so does one that does not follow', async () => {
  expect(await (await cloud({ logged: [chen, { ...cardOf(), id: chen.id }] })).judge(chen)).toBe('another');
  expect(await (await cloud({ logged: [chen, after(chen)] })).judge(chen)).toBe('another');
  const stranger = after({ ...cardOf(), id: chen.id });
  expect(await (await cloud({ logged: [chen, stranger] })).judge(stranger)).toBe('another');
  const [second, third] = [after(chen), after(after(chen))].map((card, i) => ({ ...card, serial: i + 2 })) as [CardBody, CardBody];
  const chain = [chen, second, { ...third, prevHash: cardHash(second) }] as const;
  expect(await (await cloud({ logged: chain })).judge(chain[2])).toBe('stands');
  expect(await (await cloud({ logged: [{ ...cardOf(), id: chen.id }, ...chain] })).judge(chain[2])).toBe('another');
  // Of the two in its map it shows one.
  const both = await cloud({ logged: [chen, after(chen)] });
  expect(await both.judge(chen, both.receipts.slice(0, 1))).toBe('unproven');
});
