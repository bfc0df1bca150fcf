/**
 * The cloudlet as a witness of the cloud's receipts log: it signs the newest checkpoint when that goes on from the last one
 * it signed, so that two who never met are shown one log.
 *
 * What it signed last is on disk before its signature leaves. A cloud that signs two logs leaves it holding both, which
 * proves that to anybody; from then on it signs nothing.
 *
 * @module
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError } from '@carelet/care/model';
import { connect } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { introducing } from '@carelet/care/wire/introduce';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { encodeCard } from '@carelet/crypto/cards/card';
import { signWitness } from '@carelet/crypto/cards/witness';
import { signRequest } from '@carelet/crypto/login/request';
import { readHead } from '@carelet/crypto/receipts/checkpoint';
import { decodeNote } from '@carelet/crypto/receipts/note';
import { encodeFork, witness } from '@carelet/crypto/receipts/witness';
import { transaction } from '@carelet/ground/database';
import { event, type Log } from '@carelet/ground/log';
import { keyFile } from '@carelet/ground/secrets';
import type { Town } from '@carelet/ground/town';
import type { Kysely } from 'kysely';
import type { Organisation } from './organisation.ts';
import type { CloudletTables } from './schema.ts';
import type { CloudRole } from './uplink.ts';

export type WitnessOptions = {
  readonly db: Kysely<CloudletTables>;
  /** Folder of the witness's key file: a key for this and nothing else. */
  readonly keys: string;
  /** Asked as often as it is wanted. */
  readonly town: Town;
  readonly authority: string;
  readonly organisation: () => Promise<Organisation>;
  readonly cloud: () => Promise<CloudRole>;
  readonly log: Log;
  readonly clock: () => number;
};

/** Looks at the cloud's log once, and signs it if it goes on. */
export async function lookAsWitness({ db, keys, town, authority, organisation, cloud, log, clock }: WitnessOptions): Promise<void> {
  const clinic = await organisation();
  const { secret, public: key } = signingKey(await seedOf(keys));
  const known = async () => (await town.refresh()).receipts;
  let watch = await known();
  if (!watch) return;
  const isOwn = (named: { key: Uint8Array }) => equalPublic(named.key, key);
  if (!watch.witnesses.some(isOwn)) {
    await authorityAs(authority, clinic, clock).town.witness({ key, signature: signWitness(clinic.edSk, clinic.card.id, key) });
    watch = await known();
  }
  const own = watch?.witnesses.find(isOwn);
  if (!watch || !own) return;
  const { log: origin } = watch;
  const up = await cloud();
  const signed = await transaction(db, async (within) => {
    const row = await within.selectFrom('witnessed').selectAll().where('origin', '=', hex(origin.key)).forUpdate().executeTakeFirst();
    if (row?.fork) return null;
    const kept = row?.note ?? null;
    const { note, path } = await up.receipts.head({ seen: kept ? readHead(decodeNote(kept)!.text)!.size : 0 });
    const judged = witness({ ...own, secret }, origin, kept, note, path, Math.floor(clock() / 1000));
    if (judged.kind === 'refused') {
      event(log, 'witness.refused', {}, 'warn');
      return null;
    }
    const fork = judged.kind === 'forked' ? encodeFork(judged.fork) : null;
    if (fork) event(log, 'witness.forked', {}, 'error');
    const state = { note: judged.kind === 'signed' ? judged.note : kept, fork };
    await within
      .insertInto('witnessed')
      .values({ origin: hex(origin.key), ...state })
      .onConflict((c) => c.column('origin').doUpdateSet(state))
      .execute();
    return judged.kind === 'signed' ? judged.note : null;
  });
  if (!signed) return;
  const handIn = () => up.receipts.cosign({ note: signed });
  await handIn().catch(async (thrown: unknown) => {
    // The cloud asks for the manifest once a second at most, and may not know this witness yet.
    if (!(thrown instanceof CareletError) || thrown.kind !== 'denied') throw thrown;
    await sleep(1_100);
    await handIn();
  });
}

/** The seed of the witness's key, made when there is none. */
async function seedOf(keys: string): Promise<() => Uint8Array> {
  const seed = await keyFile(join(keys, 'witness.key'));
  return () => seed;
}

function authorityAs(url: string, { card, edSk }: Organisation, clock: () => number) {
  const role = connect(authorityContract, {
    url,
    clock,
    authorize: async ({ op, body, skew }) =>
      signRequest({ id: card.id, edSk }, { audience: 'authority', op, body }, Math.floor((clock() + skew) / 1000)),
  });
  return introducing(role, () => role.login.present({ card: encodeCard(card), with: [] }));
}
