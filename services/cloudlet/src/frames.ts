/**
 * Frames: what a device sends in its session, strip by strip.
 *
 * A strip and the session's new state are on disk, in one transaction, before the acknowledgement is sealed and sent; a
 * device forgets nothing without it. An emergency is answered once more when the cloud has it, if that is soon: the device
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
import { type AskedRow, decodeInquiry, encodeFinding } from '@carelet/crypto/session/inquiry';
import { decodeParcel, type Parcel } from '@carelet/crypto/session/parcel';
import { transaction } from '@carelet/ground/database';
import { event, type Log } from '@carelet/ground/log';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Inquiries } from './inquiries.ts';
import { urgencyNumber } from './queue.ts';
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
  secrets,
  relay,
  inquiries,
  log,
  clock,
}: {
  db: Kysely<CloudletTables>;
  secrets: Secrets;
  relay: Relay;
  inquiries: Inquiries;
  log: Log;
  clock: () => number;
}): FrameRoom {
  const now = () => Math.floor(clock() / 1000);

  return (only = null) =>
    async ({ frame }) => {
      const connection = connectionOf(frame);
      if (connection === null) throw silence();
      const taken = await transaction(db, (within) => take(within, connection, frame, only));
      if (taken.kind === 'inquiry') {
        const found = await inquiries(taken);
        const answer = await transaction(db, (within) => say(within, connection, frameTypes.finding, encodeFinding(found)));
        if (!answer) throw silence();
        return { frame: answer };
      }
      const { lane, reached, answer } = taken;
      if (lane !== emergency || reached) {
        relay.wake();
        return { frame: answer };
      }
      await relay.urgent(endToEndMs);
      return { frame: (await transaction(db, (within) => answerAgain(within, connection))) ?? answer };
    };

  /** Takes one frame: its strip to disk, its session's state, the answer sealed. What it asks is answered afterwards. */
  async function take(within: Transaction<CloudletTables>, connection: number, frame: Bytes, only: Bytes | null) {
    const kept = await sessionOf(within, connection);
    const opened = kept && isFrom(kept.device, only) && openUp(kept.session, frame, now());
    if (!opened || !equalPublic(opened.session.device, kept.device)) throw silence();
    const device = await within.selectFrom('device').selectAll().where('device', '=', kept.device).forUpdate().executeTakeFirstOrThrow();
    const { pat } = device;
    if (!pat) throw silence();

    const said = opened.type === frameTypes.inquiry ? asked(opened.message) : await strip(within, device, opened.message, opened.type);
    const answer = said.kind === 'strip' ? sealDown(opened.session, frameTypes.acknowledgement, said.answer, now()) : null;
    if (said.kind === 'strip' && !answer) throw silence();

    const record = confirm(recordFromBytes(secrets.open(recordPlace(device.device), device.record))!, opened.session);
    await within
      .updateTable('device')
      .set({
        ...(said.kind === 'strip' && said.told),
        record: secrets.seal(recordPlace(device.device), recordToBytes(record)),
        last_seen: new Date(clock()).toISOString(),
      })
      .where('device', '=', device.device)
      .execute();
    await keepSession(within, connection, answer?.session ?? opened.session);
    // The device speaks in this session, so the ones before it are over.
    await within.deleteFrom('session').where('device', '=', device.device).where('connection', '!=', connection).execute();
    return said.kind === 'strip' ? { ...said, answer: answer!.frame } : { ...said, device: device.device, pat };
  }

  /** What an inquiry asks. */
  function asked(message: Bytes): { kind: 'inquiry'; rows: readonly AskedRow[] } {
    const rows = decodeInquiry(message);
    if (!rows) throw silence();
    return { kind: 'inquiry', rows };
  }

  /** Takes a parcel: its strip to disk, and what is then said of it. */
  async function strip(within: Transaction<CloudletTables>, device: Device, message: Bytes, type: number) {
    const parcel = type === frameTypes.strip ? decodeParcel(message) : null;
    const sealed = parcel && wellFormed(decodeStrip(parcel.strip));
    if (!parcel || !sealed) throw silence();
    if (sealed.wrap && !(await isWrapOf(within, device, sealed.wrap))) throw silence();
    const { lane, waiting, battery } = parcel;
    const came = await keep(within, device, parcel, sealed);
    const reached = lane === emergency ? await reachedBy(within, device.device, came.kept) : null;
    const last = came.kept[lane] ?? null;
    return {
      kind: 'strip' as const,
      lane,
      reached: last === null || last === reached,
      answer: acknowledge({ kept: came.kept, reached }),
      told: { ...came, waiting, battery },
    };
  }

  /**
   * Lays a strip on disk if it is the next of its lane; gives what is then true of its device. Numbers need not rise: a device
   * with several cloudlets may hand this one late what another did not forward.
   */
  async function keep(
    within: Transaction<CloudletTables>,
    { device, pat, kept, bucket, demoted }: Device,
    { lane, after, strip: body }: Parcel,
    { number, part }: SealedStrip,
  ) {
    const last = kept[lane] ?? null;
    if (after !== last || number === last) return { kept };
    const here = kept.map((before, one) => (one === lane ? number : before));
    const called = urgencies[lane] === 'emergency' ? callEmergency(bucket ?? fullBucket(clock()), clock()) : null;
    const urgency: Urgency = called?.granted === false ? 'monitoring' : urgencies[lane]!;
    if (called?.granted === false) event(log, 'relay.demoted', { job: hex(device).slice(0, 4) }, 'warn');
    const arrived = new Date(clock()).toISOString();
    const laid = await within
      .insertInto('strip')
      .values({ device, number, pat: pat!, part, lane, urgency: urgencyNumber(urgency), body, arrived })
      .onConflict((c) => c.doNothing())
      .returning('number')
      .executeTakeFirst();
    if (!laid) {
      const earlier = await within
        .selectFrom('strip')
        .select('lane')
        .where('device', '=', device)
        .where('number', '=', number)
        .executeTakeFirst();
      // A number that is taken already, in another lane: a device that cannot count is not told that it may forget.
      if (earlier?.lane !== lane) throw silence();
      return { kept: here };
    }
    return {
      kept: here,
      ...(called && { bucket: JSON.stringify(called.bucket) as unknown as Bucket }),
      demoted: demoted + (called?.granted === false ? 1 : 0),
      last_strip: arrived,
      last_urgency: urgencyNumber(urgency),
    };
  }

  /** What the cloud has of a device's emergencies by now, sealed in the session that they came in; `null` where it is over. */
  async function answerAgain(within: Transaction<CloudletTables>, connection: number): Promise<Bytes | null> {
    const held = await sessionOf(within, connection);
    if (!held) return null;
    const { kept } = await within.selectFrom('device').select('kept').where('device', '=', held.device).executeTakeFirstOrThrow();
    const reached = await reachedBy(within, held.device, kept);
    return say(within, connection, frameTypes.acknowledgement, acknowledge({ kept, reached }));
  }

  /** A frame down, in a session that another frame came in; `null` where it is over. */
  async function say(within: Transaction<CloudletTables>, connection: number, type: number, message: Bytes): Promise<Bytes | null> {
    const held = await sessionOf(within, connection);
    const sealed = held && sealDown(held.session, type, message, now());
    if (!sealed) return null;
    await keepSession(within, connection, sealed.session);
    return sealed.frame;
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

/**
 * The number of a device's emergencies up to which none waits here for the cloud; that of the last it took when none waits at
 * all, and only then. One that the cloud will never have does not count: it stays here, marked, and nobody is told to wait for it.
 */
async function reachedBy(within: Transaction<CloudletTables>, device: Bytes, kept: readonly (number | null)[]): Promise<number | null> {
  const last = kept[emergency] ?? null;
  const waiting = await within
    .selectFrom('strip')
    .select((select) => select.fn.min('number').as('first'))
    .where('device', '=', device)
    .where('lane', '=', emergency)
    .where('refused', 'is', null)
    .executeTakeFirst();
  if (last === null || waiting?.first == null) return last;
  const before = Math.min(last, waiting.first) - 1;
  return before < 0 ? null : before;
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
