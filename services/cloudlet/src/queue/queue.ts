/**
 * The strips that wait for the cloud, handed out in the order in which they should go.
 *
 * Whoever is handed a batch holds it: others get the next. It is dropped when the one who holds it says that the cloud has
 * it; a process that dies in between has said nothing, and the batch waits again. `postgres.ts` keeps them in the cloudlet's own
 * database, `bus.ts` on a NATS JetStream; one suite runs over both.
 *
 * @module
 */
import { type ErrorKind, type Urgency, urgencies } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { Kysely, Transaction } from 'kysely';
import type { CloudletTables } from '../schema.ts';

export type WaitingStrip = {
  readonly device: Bytes;
  readonly number: number;
  readonly pat: Bytes;
  readonly part: string;
  /** In which lane it came, 0 to 2. */
  readonly lane: number;
  /** How urgent it counts. */
  readonly urgency: Urgency;
  /** The sealed row and its links, as the device sent them. */
  readonly body: Bytes;
  /** When it came in, in milliseconds. */
  readonly arrived: number;
};

/** Strips of one chart and one urgency, those of a device in the order of their numbers. */
export type Batch = { readonly pat: Bytes; readonly urgency: Urgency; readonly strips: readonly WaitingStrip[] };

/** What came of a batch: those the cloud will never have, and why. All others it has. */
export type Refused = ReadonlyMap<WaitingStrip, ErrorKind>;

export type Queue = AsyncDisposable & {
  /**
   * Lays strips down, of each device one; when it resolves, or where the queue is in the database when `within` is committed, they
   * last. The same may be laid again, where `within` was not committed.
   *
   * @returns `false` where a device's number is taken by another strip: then `within` must not be committed
   * @throws {CareletError} `unavailable` where one may not last: nobody is told that he may forget it
   */
  lay(within: Transaction<CloudletTables>, strips: readonly WaitingStrip[]): Promise<boolean>;

  /**
   * Hands over what goes next.
   *
   * @param among the urgencies to look at
   * @param except charts, in hex, that cannot be posted to now
   * @param send what it throws leaves the batch where it was
   * @returns how many it has and how many it will never have; `null` when nothing waits
   */
  next(
    among: readonly Urgency[],
    except: ReadonlySet<string>,
    send: (batch: Batch) => Promise<Refused>,
  ): Promise<{ readonly sent: number; readonly refused: number } | null>;

  /** The lowest number of a device's strips of this lane that waits; `null` where none does. */
  first(within: Transaction<CloudletTables>, device: Bytes, lane: number): Promise<number | null>;

  /** How many wait, and since when in milliseconds the one that waits longest. */
  waits(): Promise<{ readonly count: number; readonly since: number | null }>;

  /** How many wait of those that came in since, by the span of so many milliseconds in which they did, counted from 1970. */
  bySpan(spanMs: number, since: number): Promise<ReadonlyMap<number, number>>;

  /** How many wait of each device, by its name in hex. */
  ofDevices(): Promise<ReadonlyMap<string, number>>;
};

export type QueueOptions = {
  readonly db: Kysely<CloudletTables>;
  readonly clock: () => number;
  /** Whether what is sent counts as forwarded to the cloud, which it is unless told otherwise. */
  readonly tallies?: boolean;
};

/** The most that travels together; an emergency travels alone. */
export const atOnce: Readonly<Record<Urgency, number>> = { emergency: 1, monitoring: 500, routine: 500 };
const bytesAtOnce = 16 * 1024 * 1024;

/** As many of the first as are not too many bytes to travel together; one at least. */
export function together<S>(strips: readonly S[], bytesOf: (strip: S) => number): S[] {
  let bytes = 0;
  return strips.filter((strip, i) => {
    bytes += bytesOf(strip);
    return i === 0 || bytes <= bytesAtOnce;
  });
}

/** How an urgency is written in the table: 1, 2, 3. */
export const urgencyNumber = (urgency: Urgency): number => urgencies.indexOf(urgency) + 1;
export const urgencyOfNumber = (number: number): Urgency => urgencies[number - 1]!;
