/**
 * Sessions: pairing, epochs and handshakes, as `session.md` §7 says. Whatever does not fit gets one and the same answer.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equal, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import { signDeed, verifyDeed } from '@carelet/crypto/records/chart';
import {
  type CloudletKeys,
  epochFromBytes,
  eraseEpoch,
  finishInit,
  newCloudlet,
  pair,
  recordFromBytes,
  recordToBytes,
  sessionToBytes,
  staticKeyOf,
} from '@carelet/crypto/session/cloudlet';
import { adoptedPsk, adoptionProof, pairingCode } from '@carelet/crypto/session/pairing';
import { transaction } from '@carelet/ground/database';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import type { Secrets } from '@carelet/ground/secrets';
import type { Town } from '@carelet/ground/town';
import { type Kysely, sql } from 'kysely';
import { looksAfter } from './devices.ts';
import type { SessionMath } from './mathematics.ts';
import { accountOf } from './mqtt/accounts.ts';
import type { Organisation } from './organisation.ts';
import type { CloudletTables } from './schema.ts';
import type { CloudRole } from './uplink.ts';

/** All of `sessions` but the frames, which have a room of their own. */
type Sessions = Omit<RoleOf<typeof cloudletContract>['sessions'], 'frame'>;

const epochSeconds = 86_400;
/** Sessions a device may open without speaking in one: answers get lost, but not that often. */
const sessionsAtOnce = 8;

/** One answer for everything a stranger may send. */
export const silence = () => new CareletError('cannot-open', 'answer', { because: 'nothing here opens this' });

/** Where a device's record and a session lie sealed. */
export const recordPlace = (device: Bytes): string => `cloudlet/device/${hex(device)}`;
export const sessionPlace = (connection: number): string => `cloudlet/session/${connection}`;

export type SessionRoom = {
  /** @param only the one device that what comes may be from; any where `null` */
  as(caller: KnownCaller | null, only?: Bytes | null): Sessions;
};

export async function sessions({
  db,
  secrets,
  town,
  cards,
  mathematics,
  organisation,
  cloud,
  clock,
}: {
  db: Kysely<CloudletTables>;
  secrets: Secrets;
  town: Town;
  cards: Cards;
  mathematics: SessionMath;
  organisation: () => Promise<Organisation>;
  cloud: () => Promise<CloudRole>;
  clock: () => number;
}): Promise<SessionRoom> {
  const now = () => Math.floor(clock() / 1000);
  let keys: CloudletKeys | null = null;

  async function ownKeys(): Promise<CloudletKeys> {
    if (keys) return keys;
    const kept = await db.selectFrom('own').select('secret').where('one', '=', 1).executeTakeFirst();
    if (!kept) {
      const fresh = newCloudlet(foundingHash(await town.manifest()));
      const content = cbor([fresh.secretKey, fresh.announcer.secret, fresh.announcer.public, fresh.town]);
      await db
        .insertInto('own')
        .values({ one: 1, secret: secrets.seal('cloudlet/own', content) })
        .onConflict((c) => c.doNothing())
        .execute();
      return ownKeys();
    }
    const [secretKey, secret, publicKey, townHash] = uncbor(secrets.open('cloudlet/own', kept.secret)) as [Bytes, Bytes, Bytes, Bytes];
    keys = { secretKey, announcer: { secret, public: publicKey }, town: townHash };
    return keys;
  }

  /** The epochs that are not over, the newest first; makes one when the newest is half over, erases those past. */
  async function epochs(): Promise<Bytes[]> {
    // One that ends later than any made now would: our clock was ahead then, and no device would take it today.
    await db
      .deleteFrom('epoch')
      .where((where) => where.or([where('until', '<=', now()), where('until', '>', now() + epochSeconds)]))
      .execute();
    const rows = await db.selectFrom('epoch').selectAll().orderBy('until', 'desc').execute();
    const newest = rows[0];
    if (!newest || newest.until - now() < epochSeconds / 2) {
      const bytes = await mathematics.newEpoch(await ownKeys(), now(), now() + epochSeconds);
      const epoch = epochFromBytes(bytes)!;
      const secret = secrets.seal(`cloudlet/epoch/${hex(epoch.id)}`, bytes);
      await db.insertInto('epoch').values({ epoch_id: epoch.id, until: epoch.until, announcement: epoch.announcement, secret }).execute();
      eraseEpoch(epoch);
      return [bytes, ...rows.map(openEpoch)];
    }
    return rows.map(openEpoch);
  }

  const openEpoch = (row: { epoch_id: Bytes; secret: Bytes }) => secrets.open(`cloudlet/epoch/${hex(row.epoch_id)}`, row.secret);
  const pairingPlace = (device: Bytes) => `cloudlet/pairing/${hex(device)}`;

  const as = (caller: KnownCaller | null, only: Bytes | null = null): Sessions => ({
    async pair() {
      await looksAfter(caller, organisation, 'pair device');
      await db.deleteFrom('device').where('expires', '<=', now()).execute();
      const { pairing, record } = pair(await ownKeys(), now());
      await db
        .insertInto('device')
        .values({
          device: record.device,
          record: secrets.seal(recordPlace(record.device), recordToBytes(record)),
          pairing: secrets.seal(pairingPlace(record.device), record.psk),
          expires: pairing.expires,
          ...accountOf(secrets, record.psk),
        })
        .execute();
      return { code: pairingCode(pairing), device: record.device };
    },

    async adopt({ device, proof, deviceCard, chart: known }) {
      const refuse = () => new CareletError('denied', 'adopt device', { because: 'this pairing is unknown, used up or over' });
      if (caller?.kind !== 'patient') throw new CareletError('denied', 'adopt device', { because: 'only a patient adopts a device' });
      const row = await db.selectFrom('device').selectAll().where('device', '=', device).executeTakeFirst();
      const record = row && recordFromBytes(secrets.open(recordPlace(device), row.record));
      const psk = row?.pairing ? secrets.open(pairingPlace(device), row.pairing) : null;
      const mine = row?.owner ? equalPublic(row.owner, caller.id) : row?.expires != null && row.expires > now();
      if (!row || !record || !psk || !mine || !equal(proof, adoptionProof(psk))) throw refuse();
      const card = decodeCard(deviceCard);
      if (card?.kind !== 'device' || !card.vouchers.some(({ by }) => typeof by !== 'number' && equalPublic(by, caller.id))) {
        throw new CareletError('invalid', 'adopt device', { because: 'this is no card of a device that the patient vouches for' });
      }
      await cards.present(deviceCard, [encodeCard(caller.card)]);
      const clinic = await organisation();
      const answer = { writer: clinic.card.id, organisation: encodeCard(clinic.card) };
      const adoptedRecord = secrets.seal(recordPlace(device), recordToBytes({ ...record, psk: adoptedPsk(psk, card.id) }));
      const elsewhere = () =>
        new CareletError('conflict', 'adopt device', {
          because: 'it writes to a chart that is not of this clinic; a device belongs to one clinic',
        });
      if (row.pat) {
        if (known && !equalPublic(known, row.pat)) throw elsewhere();
        // Her answer was lost on the way, and she asks again with a card made anew: only that one can greet.
        await db.updateTable('device').set({ card: card.id, record: adoptedRecord }).where('device', '=', device).execute();
        return { pat: row.pat, ...answer };
      }

      const uplink = await cloud();
      await uplink.login.present({ card: encodeCard(caller.card), with: [] });
      const fresh = systemRandom(16);
      const pat = await transaction(db, async (within) => {
        // One chart for one patient at one clinic, whatever she wears and whoever wrote in it before, also when she pairs two at once.
        await sql`select pg_advisory_xact_lock(hashtext(current_schema() || '/chart/' || ${hex(caller.id)}))`.execute(within);
        const other = await within
          .selectFrom('device')
          .select('pat')
          .where('owner', '=', caller.id)
          .where('pat', 'is not', null)
          .executeTakeFirst();
        const charts = other ? [] : (await uplink.records.charts()).charts;
        const chart = other?.pat ?? charts.find((one) => isHers(one, clinic, caller.id))?.pat ?? fresh;
        if (known && !equalPublic(known, chart)) throw elsewhere();
        const deed = signDeed(clinic.edSk, { pat: chart, writer: clinic.card.id, owner: caller.id });
        await uplink.records.openChart({ pat: chart, owner: caller.id, deed });
        const adopted = await within
          .updateTable('device')
          .set({ pat: chart, owner: caller.id, card: card.id, record: adoptedRecord, expires: null })
          .where('device', '=', device)
          .where((where) => where.or([where('owner', 'is', null), where('owner', '=', caller.id)]))
          .returning('device')
          .executeTakeFirst();
        if (!adopted) throw refuse();
        return chart;
      });
      return { pat, ...answer };
    },

    async announcement() {
      const [newest] = await epochs();
      return { staticPublicKey: staticKeyOf(await ownKeys()), announcement: epochFromBytes(newest!)!.announcement };
    },

    async init({ init }) {
      const opened = await mathematics.openInit(await ownKeys(), await epochs(), init, now());
      if (!opened || !isFrom(opened.device, only)) throw silence();
      return transaction(db, async (within) => {
        const row = await within.selectFrom('device').selectAll().where('device', '=', opened.device).forUpdate().executeTakeFirst();
        const record = row && recordFromBytes(secrets.open(recordPlace(row.device), row.record));
        if (!row || !record || !row.pat || row.ended) throw silence();
        // Devices of all sorts may open sessions at once; each takes a number of its own.
        await sql`select pg_advisory_xact_lock(hashtext(current_schema() || '/session'))`.execute(within);
        const own = await within.selectFrom('session').select('connection').where('device', '=', row.device).execute();
        if (own.length >= sessionsAtOnce) await within.deleteFrom('session').where('device', '=', row.device).execute();
        const taken = new Set((await within.selectFrom('session').select('connection').execute()).map(({ connection }) => connection));
        let connection = 0;
        while (taken.has(connection)) connection++;
        if (connection > 0xffff) throw new CareletError('unavailable', 'open session', { because: 'too many sessions are open' });
        const welcome = finishInit(opened, record, { connection, now: now(), block: 1 });
        if (!welcome) throw silence();
        await within
          .updateTable('device')
          .set({
            record: secrets.seal(recordPlace(row.device), recordToBytes(welcome.record)),
            // It greeted: the code is used up.
            pairing: null,
            last_seen: new Date(clock()).toISOString(),
          })
          .where('device', '=', row.device)
          .execute();
        await within
          .insertInto('session')
          .values({ connection, device: row.device, secret: secrets.seal(sessionPlace(connection), sessionToBytes(welcome.session)) })
          .execute();
        return { ack: welcome.ack };
      });
    },
  });

  return { as };
}

/** Whether what a device says may be heard where only one is listened to. */
export const isFrom = (device: Bytes, only: Bytes | null): boolean => !only || equalPublic(device, only);

/** Whether the clinic itself wrote down that this chart is hers: the cloud's word for it counts for nothing. */
const isHers = (chart: { pat: Bytes; writer: Bytes; owner: Bytes; deed: Bytes }, { card }: Organisation, patient: Bytes): boolean =>
  equalPublic(chart.owner, patient) && equalPublic(chart.writer, card.id) && verifyDeed(card.edVk, chart, chart.deed);
