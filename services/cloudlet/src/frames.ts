/**
 * Frames: what a device sends in its session, strip by strip.
 *
 * A strip lasts and the session's new state is on disk before the acknowledgement is sent, and the strip not later than the
 * state: a device forgets nothing without it. An emergency is answered once more when the cloud has it, if that is soon: the device
 * then need not ask again. Whatever does not fit gets one and the same answer.
 *
 * @module
 */
import { type Urgency, urgencies } from '@carelet/care/model';
import { type Bucket, callEmergency, fullBucket } from '@carelet/care/rules/relay/bucket';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import { type DeviceWrap, decodeStrip, type SealedStrip } from '@carelet/crypto/records/strip';
import { verifyWrap } from '@carelet/crypto/records/wrap';
import { acknowledge } from '@carelet/crypto/session/acknowledgement';
import {
  confirm,
  connectionOf,
  frameTypes,
  openUp,
  recordFromBytes,
  recordToBytes,
  sealDown,
  sessionFromBytes,
  sessionToBytes,
} from '@carelet/crypto/session/cloudlet';
import { decodeParcel, type Parcel } from '@carelet/crypto/session/parcel';
import { transaction } from '@carelet/ground/database';
import { event, type Log } from '@carelet/ground/log';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { type Queue, urgencyNumber } from './queue/queue.ts';
import type { Relay } from './relay.ts';
import type { CloudletTables } from './schema.ts';
import { isFrom, recordPlace, sessionPlace, silence } from './sessions.ts';

type Frame = RoleOf<typeof cloudletContract>['sessions']['frame'];
type Session = NonNullable<ReturnType<typeof sessionFromBytes>>;
type Device = Selectable<CloudletTables['device']>;

/** Takes frames: of any device, or where `only` names one, of that one. */
export type FrameRoom = (only?: Bytes | null) => Frame;

const emergency = urgencies.indexOf('emergency');

/** How long a device that called an emergency waits to hear that the cloud has it, in milliseconds. */
const endToEndMs = 1500;

export function frames({
  db,
  queue,
  secrets,
  relay,
  log,
  clock,
}: {
  db: Kysely<CloudletTables>;
  queue: Queue;
  secrets: Secrets;
  relay: Relay;
  log: Log;
  clock: () => number;
}): FrameRoom {
  const now = () => Math.floor(clock() / 1000);

  return (only = null) =>
    async ({ frame }) => {
      const connection = connectionOf(frame);
      if (connection === null) throw silence();
      const { lane, reached, answer } = await transaction(db, (within) => take(within, connection, frame, only));
      if (lane !== emergency || reached) {
        relay.wake();
        return { frame: answer };
      }
      await relay.urgent(endToEndMs);
      return { frame: (await transaction(db, (within) => answerAgain(within, connection))) ?? answer };
    };

  /** Takes one frame: its strip to the queue, its session's state, the answer sealed. */
  async function take(within: Transaction<CloudletTables>, connection: number, frame: Bytes, only: Bytes | null) {
    const kept = await sessionOf(within, connection);
    const opened = kept && isFrom(kept.device, only) && openUp(kept.session, frame, now());
    if (!opened || !equalPublic(opened.session.device, kept.device) || opened.type !== frameTypes.strip) throw silence();
    const parcel = decodeParcel(opened.message);
    const strip = parcel && wellFormed(decodeStrip(parcel.strip));
    const device = await within.selectFrom('device').selectAll().where('device', '=', kept.device).forUpdate().executeTakeFirstOrThrow();
    if (!parcel || !strip || !device.pat) throw silence();
    if (strip.wrap && !(await isWrapOf(within, device, strip.wrap))) throw silence();

    const came = await keep(within, device, parcel, strip);
    const reached = parcel.lane === emergency ? await reachedBy(within, device.device, came.kept) : null;
    const sealed = sealDown(opened.session, frameTypes.acknowledgement, acknowledge({ kept: came.kept, reached }), now());
    if (!sealed) throw silence();

    const record = confirm(recordFromBytes(secrets.open(recordPlace(device.device), device.record))!, opened.session);
    await within
      .updateTable('device')
      .set({
        ...came,
        record: secrets.seal(recordPlace(device.device), recordToBytes(record)),
        last_seen: new Date(clock()).toISOString(),
        waiting: parcel.waiting,
        battery: parcel.battery,
      })
      .where('device', '=', device.device)
      .execute();
    await keepSession(within, connection, sealed.session);
    // The device speaks in this session, so the ones before it are over.
    await within.deleteFrom('session').where('device', '=', device.device).where('connection', '!=', connection).execute();
    const last = came.kept[parcel.lane] ?? null;
    return { lane: parcel.lane, reached: last === null || last === reached, answer: sealed.frame };
  }

  /** Lays a strip in the queue if it is the next of its lane; gives what is then true of its device. */
  async function keep(
    within: Transaction<CloudletTables>,
    { device, pat, kept, bucket, demoted }: Device,
    { lane, after, strip: body }: Parcel,
    { number, part }: SealedStrip,
  ) {
    const last = kept[lane] ?? null;
    if (after !== last || number <= (last ?? -1)) return { kept };
    const called = urgencies[lane] === 'emergency' ? callEmergency(bucket ?? fullBucket(clock()), clock()) : null;
    const urgency: Urgency = called?.granted === false ? 'monitoring' : urgencies[lane]!;
    if (called?.granted === false) event(log, 'relay.demoted', { job: hex(device).slice(0, 4) }, 'warn');
    const arrived = clock();
    const laid = await queue.lay(within, { device, number, pat: pat!, part, lane, urgency, body, arrived });
    // A number that is taken already, in another lane: a device that cannot count is not told that it may forget.
    if (!laid) throw silence();
    return {
      kept: kept.map((before, one) => (one === lane ? number : before)),
      ...(called && { bucket: JSON.stringify(called.bucket) as unknown as Bucket }),
      demoted: demoted + (called?.granted === false ? 1 : 0),
      last_strip: new Date(arrived).toISOString(),
      last_urgency: urgencyNumber(urgency),
    };
  }

  /** What the cloud has of a device's emergencies by now, sealed in the session that they came in; `null` where it is over. */
  async function answerAgain(within: Transaction<CloudletTables>, connection: number): Promise<Bytes | null> {
    const held = await sessionOf(within, connection);
    if (!held) return null;
    const { kept } = await within.selectFrom('device').select('kept').where('device', '=', held.device).executeTakeFirstOrThrow();
    const reached = await reachedBy(within, held.device, kept);
    const sealed = sealDown(held.session, frameTypes.acknowledgement, acknowledge({ kept, reached }), now());
    if (!sealed) return null;
    await keepSession(within, connection, sealed.session);
    return sealed.frame;
  }

  /**
   * The number of the last of a device's emergencies up to which none waits here for the cloud. One that the cloud will never
   * have does not count: it stays here, marked, and nobody is told to wait for it.
   */
  async function reachedBy(within: Transaction<CloudletTables>, device: Bytes, kept: readonly (number | null)[]): Promise<number | null> {
    const last = kept[emergency] ?? null;
    const first = await queue.first(within, device, emergency);
    if (last === null || first === null) return last;
    return first === 0 ? null : Math.min(last, first - 1);
  }

  async function sessionOf(within: Transaction<CloudletTables>, connection: number): Promise<{ device: Bytes; session: Session } | null> {
    const row = await within.selectFrom('session').selectAll().where('connection', '=', connection).forUpdate().executeTakeFirst();
    const session = row && sessionFromBytes(secrets.open(sessionPlace(connection), row.secret));
    return session ? { device: row.device, session } : null;
  }

  async function keepSession(within: Transaction<CloudletTables>, connection: number, session: Session): Promise<void> {
    const secret = secrets.seal(sessionPlace(connection), sessionToBytes(session));
    await within.updateTable('session').set({ secret }).where('connection', '=', connection).execute();
  }
}

/** A strip as a device may send it: medical content, written once, with the way down to its node. What is inside nobody here can judge. */
function wellFormed(strip: SealedStrip | null): SealedStrip | null {
  if (strip?.part !== 'MI' || strip.row.version !== 1) return null;
  return strip.links.some(({ nodeId }) => equalPublic(nodeId, strip.row.nodeId)) ? strip : null;
}

/** Whether the wrap of a tree that a device started is signed by that device: the cloud would have nothing that comes with another. */
async function isWrapOf(
  within: Transaction<CloudletTables>,
  { card, pat }: { card: Bytes | null; pat: Bytes | null },
  { nodeId, body, signature }: DeviceWrap,
): Promise<boolean> {
  if (!card || !pat) return false;
  const known = await within.selectFrom('card').select('body').where('card_id', '=', card).executeTakeFirst();
  const device = known && decodeCard(known.body);
  return device ? verifyWrap(device.edVk, { nodeId, pat, part: 'MI', gen: 0, kind: 'owner' }, body, signature) : false;
}
