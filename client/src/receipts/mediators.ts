/**
 * The mediators' own receipts beside the cloud's: an opening by consent or by a role wants both, so both write it down, and the mediator's
 * line names the cloud's. Where one has a line and the other has none, one of the two kept silent.
 *
 * [Note: Which of the two is asked first]
 * A reader goes to the cloud first and to the mediator then. So the mediators are asked before the cloud's receipts are fetched: of
 * every line they show, the cloud has had its receipt.
 *
 * [Note: What a turning without a mediator's line says]
 * Not that somebody lied: whoever had it turned may have been refused by the mediator, or have gone no further. Without the mediator's part
 * nothing opened, unless the mediator keeps silent. So it is counted and told, with the names of those who had it turned, and is no
 * contradiction. A mediator that does not answer may have the line: it is told which, and of the others what they show. One that answers
 * with an error hides nothing but its own.
 *
 * [Note: Who may have kept silent]
 * It is the reader who hands the mediator what the cloud promised, and no promise says what it is of. So where a line has no receipt that
 * fits, it can be the cloud that hides one, the mediator, or the reader who showed the promise of something else. All three are told.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { openCheckpoint, readHead } from '@carelet/crypto/receipts/checkpoint';
import { commitment, decodeReceipt, leafHash, nothing, type Receipt } from '@carelet/crypto/receipts/leaf';
import { verifyInclusion } from '@carelet/crypto/receipts/log';
import { mediatorLog, verifyMediatorLog } from '@carelet/crypto/receipts/mediated';
import { decodeNote } from '@carelet/crypto/receipts/note';
import { follow } from '@carelet/crypto/receipts/witness';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloudlet } from '../login.ts';
import type { ChartReceipts } from './own.ts';

/** What may not fit, in words. */
export const mediators = {
  /** The mediator has a line, the cloud has no receipt that fits. See [Note: Who may have kept silent]. */
  cloudSilent:
    'a mediator did its part in an opening of your records of which the cloud shows no receipt: one of the two, or whoever read, kept something back',
  another: 'a mediator shows another log of what it did than before, or one that nobody vouches for',
} as const;

export type Mediating = {
  /** What mediators wrote down of her own grants. */
  readonly acts: readonly Receipt[];
  /** Mediators that did not answer, or not as one, by their organisations: what is told is what the others show. */
  readonly away: readonly Bytes[];
  /** Turnings of the cloud, more than a minute old, of which no mediator that answered has a line. */
  readonly unfinished: number;
  /** By the card numbers of those who had them turned. */
  readonly unfinishedOf: readonly { readonly reader: Bytes; readonly times: number }[];
  /** For whom a mediator did its part in something of which the cloud shows no receipt, by card number. */
  readonly silentOf: readonly Bytes[];
  readonly problems: readonly string[];
};

/** One mediator that was asked. */
type Asked = { readonly organisation: Bytes; readonly cloudlet: Cloudlet; readonly card: Card };
type Answer = Awaited<ReturnType<Cloudlet['receipts']['mediated']>>;
type Line = Answer['acts'][number];

type MediatorsOptions = {
  readonly keyring: Keyring;
  /** The cloudlet of an organisation; `null` when nobody knows where it is. */
  readonly cloudletOf: (organisation: Bytes) => Cloudlet | null;
  readonly clock?: () => number;
};

/** Receipts in one question. */
const atOnce = 200;
/** How long somebody may take from the cloud to the mediator, seconds. */
const onTheWay = 60;

/**
 * Asks every mediator of the town what it did for this patient's grants, before the cloud's receipts are fetched; what comes back
 * holds the two against each other.
 *
 * @example
 * ```ts no-run
 * import { askMediators } from '@carelet/client/receipts/mediators';
 * import { ownReceipts } from '@carelet/client/receipts/own';
 * declare const options: Parameters<typeof askMediators>[0] & Parameters<typeof ownReceipts>[0];
 * const compare = await askMediators(options);
 * const { charts } = await ownReceipts(options);
 * const { problems, unfinished } = await compare(charts);
 * ```
 */
export async function askMediators({
  keyring,
  cloudletOf,
  clock = Date.now,
}: MediatorsOptions): Promise<(charts: readonly Pick<ChartReceipts, 'receipts'>[]) => Promise<Mediating>> {
  const now = () => Math.floor(clock() / 1000);
  const problems = new Set<string>();
  const acts: Receipt[] = [];
  const asked: Asked[] = [];
  /** Who could not be asked and might have a line. */
  const away = new Map<string, Bytes>();

  // The key servers of a grant are no house.
  const granted = keyring.sharing.grants.flatMap(({ mediator }) => (mediator.length > 0 ? [mediator] : []));
  const houses = [...keyring.manifest.domains.map((one) => one.organisation), ...granted];
  for (const organisation of new Map(houses.map((one) => [hex(one), one])).values()) {
    const cloudlet = cloudletOf(organisation);
    if (!cloudlet) {
      // An organisation without a box mediates for nobody; one that does for her has one somewhere.
      if (granted.some((one) => equalPublic(one, organisation))) away.set(hex(organisation), organisation);
      continue;
    }
    await unlessAway(organisation, async () => {
      const card = decodeCard((await cloudlet.sharing.mediator()).organisation);
      if (!card || !equalPublic(card.id, organisation) || !cardStands(card, keyring.manifest, now())) {
        problems.add(mediators.another);
        return;
      }
      const one = { organisation, cloudlet, card };
      for (let after: number | undefined, more = true; more; ) {
        const answer = await ask(one, { commitments: [], ...(after !== undefined && { after }) });
        if (!answer) return;
        acts.push(...answer.acts.map(({ receipt }) => decodeReceipt(receipt)!));
        const last = answer.acts.at(-1)?.place;
        more = answer.more && last !== undefined && last > (after ?? -1);
        after = last;
      }
      asked.push(one);
    });
  }
  return compare;

  async function compare(charts: readonly Pick<ChartReceipts, 'receipts'>[]): Promise<Mediating> {
    const turnings = new Map(
      charts.flatMap(({ receipts }) =>
        receipts.flatMap(({ receipt }): [string, Receipt][] =>
          (receipt.kind === 're-encryption' || receipt.kind === 'transformation') && !equalPublic(receipt.rows, nothing)
            ? [[hex(commitment(receipt)), receipt]]
            : [],
        ),
      ),
    );
    /** Whether a line is of this very turning: of its ciphertexts, for whom it was. */
    const isOf = (line: Receipt, turning: Receipt | undefined) =>
      turning !== undefined && equalPublic(line.rows, turning.rows) && equalPublic(line.actor, turning.actor);
    const silentOf = new Map<string, Bytes>();
    const accuse = ({ actor }: Receipt) => {
      problems.add(mediators.cloudSilent);
      silentOf.set(hex(actor), actor);
    };
    const done = acts.filter(({ kind }) => kind === 'factor');
    for (const line of done) if (!isOf(line, turnings.get(hex(line.policy)))) accuse(line);
    const seen = new Set(done.map(({ policy }) => hex(policy)));
    const open = new Set([...turnings].flatMap(([name, { time }]) => (seen.has(name) || time > now() - onTheWay ? [] : [name])));
    for (const one of asked) {
      const names = [...open];
      for (let at = 0; at < names.length; at += atOnce) {
        const some = names.slice(at, at + atOnce);
        await unlessAway(one.organisation, async () => {
          const answer = await ask(one, { commitments: some.map(unhex), all: true });
          for (const found of answer?.found ?? []) {
            const line = found && decodeReceipt(found.receipt);
            const name = line?.kind === 'factor' ? hex(line.policy) : '';
            if (!line || !some.includes(name)) continue;
            if (isOf(line, turnings.get(name))) open.delete(name);
            else accuse(line);
          }
        });
      }
    }
    const left = [...open].map((name) => turnings.get(name)!.actor);
    const unfinishedOf = new Map<string, { readonly reader: Bytes; times: number }>();
    for (const reader of left) {
      const before = unfinishedOf.get(hex(reader));
      if (before) before.times++;
      else unfinishedOf.set(hex(reader), { reader, times: 1 });
    }
    return {
      acts,
      away: [...away.values()],
      unfinished: left.length,
      unfinishedOf: [...unfinishedOf.values()],
      silentOf: [...silentOf.values()],
      problems: [...problems],
    };
  }

  /** An answer under a log that goes on from what was seen of it, each line of it proven; `null` for another. */
  async function ask(
    { organisation, cloudlet, card }: Asked,
    what: { commitments: Bytes[]; after?: number; all?: boolean },
  ): Promise<Answer | null> {
    const { mediators: remembered } = keyring.receipts;
    const name = hex(organisation);
    const kept = remembered[name] ?? null;
    // Of a log under another key nothing goes on.
    const size = kept ? readHead(decodeNote(kept)!.text)!.size : 0;
    const answer = await cloudlet.receipts.mediated({ ...what, seen: size });
    const log = mediatorLog(organisation, answer.key);
    const isSame = kept === null || openCheckpoint(kept, log) !== null;
    const following =
      isSame && verifyMediatorLog(card, answer.key, answer.voucher) ? follow(log, kept, answer.note, answer.path, now()) : null;
    if (following?.kind !== 'goes on') {
      problems.add(mediators.another);
      return null;
    }
    const { root, size: length } = following.signed.checkpoint;
    const holds = ({ receipt: bytes, place, path }: Line) => {
      const receipt = decodeReceipt(bytes);
      return receipt !== null && verifyInclusion(leafHash(commitment(receipt)), place, length, path, root);
    };
    if (![...answer.acts, ...answer.found.flatMap((line) => line ?? [])].every(holds)) {
      problems.add(mediators.another);
      return null;
    }
    remembered[name] = answer.note;
    return answer;
  }

  /** A mediator that cannot be asked, or does not answer as one, keeps nobody from what the others and the cloud show. */
  async function unlessAway(organisation: Bytes, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof CareletError)) throw thrown;
      away.set(hex(organisation), organisation);
    }
  }
}
