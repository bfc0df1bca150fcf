/**
 * Cards and the cloud's log: that one's own stands there as the last under its number, and no other; and that a card one is about to
 * seal something to is the one its owner finds there.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Card } from '@carelet/crypto/cards/card';
import { type JudgedCard, judgeCard } from '@carelet/crypto/receipts/cards';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { type Watching, watchOver } from './watch.ts';

/** What may be wrong with one's own card, in words. */
export const ownCard: Readonly<Record<Exclude<JudgedCard, 'stands'>, string>> = {
  unwritten: 'your own card does not stand in the cloud’s log',
  another: 'the cloud’s log has another card under your number',
  unproven: 'the cloud does not show which cards stand under your number',
};

type Asking = { readonly cloud: Cloud; readonly watch: Watching };

/** How a card stands; `null` in a town that names no log, words where the log itself does not hold. */
async function ask({ cloud, watch }: Asking, card: Card): Promise<JudgedCard | { readonly fails: string } | null> {
  const judged = await watch.ask((seen) => cloud.receipts.cards({ ids: [card.id], seen }));
  if (judged?.kind !== 'holds') return judged && { fails: judged.what };
  const [shown] = judged.answer.cards;
  return shown ? judgeCard(card, shown, judged.checkpoint) : 'unproven';
}

/** What is wrong with how one's own card stands in the cloud's log, in words; `null` where nothing is. */
export async function ownCardProblem(asking: Asking, { card }: Pick<Keyring, 'card'>): Promise<string | null> {
  const judged = await ask(asking, card);
  if (judged === null || judged === 'stands') return null;
  return typeof judged === 'string' ? ownCard[judged] : judged.fails;
}

/**
 * Refuses a card that does not stand in the cloud's log as the last under its number, before anything is sealed to it.
 *
 * @throws {CareletError} `tampered`
 */
export async function mustStand(
  { keyring, cloud, clock = Date.now }: { readonly keyring: Keyring; readonly cloud: Cloud; readonly clock?: () => number },
  op: string,
  card: Card,
): Promise<void> {
  const judged = await ask({ cloud, watch: watchOver({ keyring, cloud, now: () => Math.floor(clock() / 1000) }) }, card);
  if (judged === null || judged === 'stands') return;
  const because = typeof judged === 'string' ? `the ${card.kind}’s card does not stand in the cloud’s log as it was shown` : judged.fails;
  throw new CareletError('tampered', op, { because });
}
