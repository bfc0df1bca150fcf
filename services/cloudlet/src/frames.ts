/**
 * Frames: what a device sends in its session, strip by strip.
 *
 * A strip lasts and the session's new state is on disk before the acknowledgement is sent, and the strip not later than the
 * state: a device forgets nothing without it. Frames of several devices share one transaction where they come at the same time.
 * An emergency is answered once more when the cloud has it, if that is soon: the device then need not ask again. Whatever does not
 * fit gets one and the same answer.
 *
 * @module
 */
import { CareletError, type Urgency, urgencies } from '@carelet/care/model';
import { callEmergency, fullBucket } from '@carelet/care/rules/relay/bucket';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import { type DeviceWrap, decodeStrip, type SealedStrip } from '@carelet/crypto/records/strip';
import { verifyWrap } from '@carelet/crypto/records/wrap';
import { acknowledge } from '@carelet/crypto/session/acknowledgement';
import { decodeAnewAsked, encodeAnewTold } from '@carelet/crypto/session/anew';
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
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Anew } from './anew.ts';
import type { Inquiries } from './inquiries.ts';
import { type Queue, urgencyNumber, type WaitingStrip } from './queue/queue.ts';
import type { Relay } from './relay.ts';
import type { CloudletTables } from './schema.ts';
import { isFrom, recordPlace, sessionPlace, silence } from './sessions.ts';
import { together } from './together.ts';

type Frame = RoleOf<typeof cloudletContract>['sessions']['frame'];
type Session = NonNullable<ReturnType<typeof sessionFromBytes>>;
type Device = Selectable<CloudletTables['device']>;

type Asked = { readonly connection: number; readonly frame: Bytes; readonly only: Bytes | null };
/** What a frame carried. */
type Carried =
  | { readonly kind: 'strip'; readonly parcel: Parcel; readonly strip: SealedStrip }
  | { readonly kind: 'inquiry'; readonly rows: readonly AskedRow[] }
  | { readonly kind: 'anew'; readonly after: number };
/** A frame that opened: from whom, in which session, with what. */
type Opened = { readonly device: Device & { readonly pat: Bytes }; readonly session: Session; readonly carried: Carried };
type Taken =
  | { readonly kind: 'strip'; readonly lane: number; readonly reached: boolean; readonly answer: Bytes }
  | { readonly kind: 'inquiry'; readonly device: Bytes; readonly pat: Bytes; readonly rows: readonly AskedRow[] }
  | { readonly kind: 'anew'; readonly device: Bytes; readonly pat: Bytes; readonly after: number };

/** What is true of a device and its session once its frame is taken. */
type State = Pick<Device, 'device' | 'kept' | 'bucket' | 'demoted' | 'last_strip' | 'last_urgency'> & {
  readonly connection: number;
  readonly session: Session;
  readonly record: ReturnType<typeof confirm>;
  readonly says: Pick<Device, 'waiting' | 'battery'>;
};

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
  inquiries,
  anew,
  log,
  clock,
}: {
  db: Kysely<CloudletTables>;
  queue: Queue;
  secrets: Secrets;
  relay: Relay;
  inquiries: Inquiries;
  anew: Anew;
  log: Log;
  clock: () => number;
}): FrameRoom {
  const now = () => Math.floor(clock() / 1000);

  const take = together({ most: 32, sideBySide: 2 }, ({ connection }: Asked) => connection, takeSome);

  return (only = null) =>
    async ({ frame }) => {
      const connection = connectionOf(frame);
      if (connection === null) throw silence();
      const taken = await take({ connection, frame, only });
      if (taken.kind === 'inquiry') return tell(connection, frameTypes.finding, encodeFinding(await inquiries(taken)));
      if (taken.kind === 'anew') return tell(connection, frameTypes.anewTold, encodeAnewTold(await anew(taken)));
      const { lane, reached, answer } = taken;
      if (lane !== emergency || reached) {
        relay.wake();
        return { frame: answer };
      }
      await relay.urgent(endToEndMs);
      return { frame: (await transaction(db, (within) => answerAgain(within, connection))) ?? answer };
    };

  /** Answers what a device asked, in the session that it asked in. */
  async function tell(connection: number, type: number, message: Bytes): Promise<{ frame: Bytes }> {
    const frame = await transaction(db, (within) => say(within, connection, type, message));
    if (!frame) throw silence();
    return { frame };
  }

  /** Takes frames of several devices in one transaction; where that goes wrong for one of them, each in its own. */
  async function takeSome(asked: readonly Asked[]): Promise<PromiseSettledResult<Taken>[]> {
    try {
      const taken = await transaction(db, (within) => takeAll(within, asked));
      return taken.map((one) => (one ? { status: 'fulfilled', value: one } : { status: 'rejected', reason: silence() }));
    } catch (thrown) {
      // A database that is away is so for each of them.
      if (asked.length === 1 || (thrown instanceof CareletError && thrown.kind === 'unavailable')) throw thrown;
      const alone: PromiseSettledResult<Taken>[] = [];
      for (const one of asked) alone.push(...(await takeSome([one]).catch((reason) => [{ status: 'rejected' as const, reason }])));
      return alone;
    }
  }

  /** Their strips to the queue, their sessions' state, the answers sealed; `null` for a frame that does not open. What one asks is answered afterwards. */
  async function takeAll(within: Transaction<CloudletTables>, asked: readonly Asked[]): Promise<(Taken | null)[]> {
    const kept = await sessionsOf(
      within,
      asked.map(({ connection }) => connection),
    );
    const opened = new Map<Asked, Opened>();
    const heard = new Set<string>();
    for (const one of asked) {
      const row = kept.get(one.connection);
      const read = row && open(one, row);
      // A device that speaks in one session has ended its others.
      if (!read || heard.has(hex(read.device.device))) continue;
      const wrap = read.carried.kind === 'strip' ? read.carried.strip.wrap : null;
      if (wrap && !(await isWrapOf(within, read.device, wrap))) continue;
      heard.add(hex(read.device.device));
      opened.set(one, read);
    }
    if (opened.size === 0) return asked.map(() => null);
    const came = new Map([...opened].map(([one, read]) => [one, judge(read)] as const));
    const strips = [...came.values()].flatMap(({ laid }) => laid ?? []);
    // A number that is taken already, in another lane: a device that cannot count is not told that it may forget.
    if (strips.length > 0 && !(await queue.lay(within, strips))) throw silence();

    const taken = new Map<Asked, Taken>();
    const states: State[] = [];
    for (const [one, { device, carried, session }] of opened) {
      const { state } = came.get(one)!;
      const record = confirm(recordFromBytes(secrets.open(recordPlace(device.device), device.record))!, session);
      const keep = (says: State['says'], now: Session) =>
        states.push({ device: device.device, connection: one.connection, session: now, record, says, ...state });
      if (carried.kind !== 'strip') {
        keep(device, session);
        taken.set(one, { ...carried, device: device.device, pat: device.pat });
        continue;
      }
      const { lane } = carried.parcel;
      const reached = lane === emergency ? await reachedBy(within, device.device, state.kept) : null;
      const sealed = sealDown(session, frameTypes.acknowledgement, acknowledge({ kept: state.kept, reached }), now());
      if (!sealed) throw silence();
      keep(carried.parcel, sealed.session);
      const last = state.kept[lane] ?? null;
      taken.set(one, { kind: 'strip', lane, reached: last === null || last === reached, answer: sealed.frame });
    }
    await keepStates(within, states);
    return asked.map((one) => taken.get(one) ?? null);
  }

  /** Opens a frame in its session; `null` for whatever does not fit. */
  function open({ frame, only }: Asked, { device, session: before }: { device: Device; session: Session }): Opened | null {
    const opened = isFrom(device.device, only) && openUp(before, frame, now());
    if (!opened || !equalPublic(opened.session.device, device.device)) return null;
    const { pat } = device;
    const carried = readCarried(opened.type, opened.message);
    return carried && pat ? { device: { ...device, pat }, carried, session: opened.session } : null;
  }

  /**
   * What is to be laid down, if the strip is the next of its lane, and what is then true of its device. Numbers need not rise: a
   * device with several cloudlets may hand this one late what another did not forward.
   */
  function judge({ device: before, carried }: Opened) {
    const { device, pat, kept, bucket, demoted, last_strip, last_urgency } = before;
    const nothing = { laid: null, state: { kept, bucket, demoted, last_strip, last_urgency } };
    if (carried.kind !== 'strip') return nothing;
    const { lane, after, strip: body } = carried.parcel;
    const { number, part } = carried.strip;
    const last = kept[lane] ?? null;
    if (after !== last || number === last) return nothing;
    const called = urgencies[lane] === 'emergency' ? callEmergency(bucket ?? fullBucket(clock()), clock()) : null;
    const urgency: Urgency = called?.granted === false ? 'monitoring' : urgencies[lane]!;
    if (called?.granted === false) event(log, 'relay.demoted', { job: hex(device).slice(0, 4) }, 'warn');
    const arrived = clock();
    const laid: WaitingStrip = { device, number, pat, part, lane, urgency, body, arrived };
    return {
      laid,
      state: {
        kept: kept.map((before, one) => (one === lane ? number : before)),
        bucket: called ? called.bucket : bucket,
        demoted: demoted + (called?.granted === false ? 1 : 0),
        last_strip: new Date(arrived).toISOString(),
        last_urgency: urgencyNumber(urgency),
      },
    };
  }

  /** What the cloud has of a device's emergencies by now, sealed in the session that they came in; `null` where it is over. */
  async function answerAgain(within: Transaction<CloudletTables>, connection: number): Promise<Bytes | null> {
    const held = (await sessionsOf(within, [connection])).get(connection);
    if (!held) return null;
    const { device, kept } = held.device;
    const reached = await reachedBy(within, device, kept);
    return say(within, connection, frameTypes.acknowledgement, acknowledge({ kept, reached }));
  }

  /** A frame down, in a session that another frame came in; `null` where it is over. */
  async function say(within: Transaction<CloudletTables>, connection: number, type: number, message: Bytes): Promise<Bytes | null> {
    const held = (await sessionsOf(within, [connection])).get(connection);
    const sealed = held && sealDown(held.session, type, message, now());
    if (!sealed) return null;
    const secret = secrets.seal(sessionPlace(connection), sessionToBytes(sealed.session));
    await within.updateTable('session').set({ secret }).where('connection', '=', connection).execute();
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

  /** Sessions and their devices, by connection, locked. */
  async function sessionsOf(within: Transaction<CloudletTables>, connections: readonly number[]) {
    const rows = await within
      .selectFrom('session')
      .innerJoin('device', 'device.device', 'session.device')
      .selectAll('device')
      .select(['session.connection', 'session.secret'])
      .where('session.connection', '=', sql<number>`any(${connections}::integer[])`)
      .forUpdate()
      .execute();
    return new Map(
      rows.flatMap(({ connection, secret, ...device }) => {
        const session = sessionFromBytes(secrets.open(sessionPlace(connection), secret));
        return session ? [[connection, { device, session }] as const] : [];
      }),
    );
  }

  /** What is true of devices and sessions now, in one statement however many there are: each costs the way to the database. */
  async function keepStates(within: Transaction<CloudletTables>, states: readonly State[]): Promise<void> {
    const seen = new Date(clock()).toISOString();
    const devices = sql`${states.map(({ device }) => device)}::bytea[]`;
    const connections = sql`${states.map(({ connection }) => connection)}::integer[]`;
    // The devices speak in these sessions, so the ones before are over.
    await sql`with seen as (
        update device set record = now.record, kept = now.kept::bigint[], bucket = now.bucket::jsonb, demoted = now.demoted,
          last_strip = now.last_strip, last_urgency = now.last_urgency, last_seen = ${seen}, waiting = now.waiting, battery = now.battery
        from unnest(
          ${devices},
          ${states.map(({ device, record }) => secrets.seal(recordPlace(device), recordToBytes(record)))}::bytea[],
          ${states.map(({ kept }) => `{${kept.map((one) => one ?? 'null').join(',')}}`)}::text[],
          ${states.map(({ bucket }) => bucket && JSON.stringify(bucket))}::text[],
          ${states.map(({ demoted }) => demoted)}::bigint[],
          ${states.map(({ last_strip }) => last_strip)}::text[],
          ${states.map(({ last_urgency }) => last_urgency)}::smallint[],
          ${states.map(({ says }) => says.waiting)}::bigint[],
          ${states.map(({ says }) => says.battery)}::smallint[]
        ) as now(device, record, kept, bucket, demoted, last_strip, last_urgency, waiting, battery)
        where device.device = now.device
      ), spoken as (
        update session set secret = now.secret
        from unnest(
          ${connections},
          ${states.map(({ connection, session }) => secrets.seal(sessionPlace(connection), sessionToBytes(session)))}::bytea[]
        ) as now(connection, secret)
        where session.connection = now.connection
      )
      delete from session where device = any(${devices}) and connection <> all(${connections})`.execute(within);
  }
}

/** What a frame carries; `null` for what no device sends. */
function readCarried(type: number, message: Bytes): Carried | null {
  if (type === frameTypes.inquiry) {
    const rows = decodeInquiry(message);
    return rows && { kind: 'inquiry', rows };
  }
  if (type === frameTypes.anewAsked) {
    const after = decodeAnewAsked(message);
    return after === null ? null : { kind: 'anew', after };
  }
  const parcel = type === frameTypes.strip ? decodeParcel(message) : null;
  const strip = parcel && wellFormed(decodeStrip(parcel.strip));
  return parcel && strip && { kind: 'strip', parcel, strip };
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
