/**
 * Roles: what the issuers entitled a doctor to, and this cloud's part of her key (kp-abe.md §4).
 *
 * A transformation key opens nothing. It is kept as long as the doctor is entitled and her key not ended, and turns only wraps of
 * nodes that are in her sight; what comes of that wants the factors of a mediator and of the doctor, in this order. Of a key for
 * emergencies it does the same, for charts whose glass she broke (`break-glass`).
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, equalPublic, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import type { KeyEnd } from '@carelet/crypto/cards/approval';
import { type Entitlement, readEntitlement } from '@carelet/crypto/cards/entitlement';
import { openForCloud } from '@carelet/crypto/cards/issued';
import { encodeServiceKey } from '@carelet/crypto/cards/service';
import { parse } from '@carelet/crypto/kp-abe/formula';
import { turnedRoot } from '@carelet/crypto/receipts/mediated';
import { transaction } from '@carelet/ground/database';
import type { DomainToday } from '@carelet/ground/domains';
import type { KnownCaller } from '@carelet/ground/login';
import type { Town } from '@carelet/ground/town';
import { type Kysely, sql, type Transaction } from 'kysely';
import { formulaSql, openedByRole } from './access.ts';
import type { ReadTransform } from './mathematics.ts';
import type { Book } from './receipts/book.ts';
import type { CloudTables } from './schema.ts';
import { enterTeams } from './teams.ts';
import { keptTransforms, placeOf, type Transforming, transformsFor } from './transform.ts';

type Sharing = RoleOf<typeof cloudContract>['sharing'];
/** All of `sharing` that is about roles. */
type Roles = Pick<Sharing, 'service' | 'enter' | 'transform'>;
const retired = () => new CareletError('conflict', 'enter', { because: 'the organisation has another domain by now' });
type Brought = Parameters<Sharing['enter']>[0]['transforms'];

export function roles(around: Transforming & { town: Town; book: Book }, caller: KnownCaller): Roles {
  const { db, town, keys, endedKeys, domains, mathematics, now, book } = around;
  const transforms = transformsFor(around, caller);
  return {
    async service() {
      return { key: encodeServiceKey('cloud', (await keys.service.current()).publicKey, keys.log.secret) };
    },

    async enter({ entitlement, transforms }) {
      const op = 'enter';
      const refuse = (because: string) => new CareletError('denied', op, { because });
      const read = readEntitlement(entitlement, await town.manifest()) ?? readEntitlement(entitlement, await town.refresh());
      if (!read || !equal(read.doctor, caller.id)) throw refuse('the issuers did not sign this for you');
      if (read.notAfter <= now()) throw refuse('it has ended');
      try {
        parse(read.formula);
      } catch {
        throw new CareletError('invalid', op, { because: 'its policy cannot be read' });
      }
      await endedKeys.refuse(read, op);
      await domains.ready();
      const before = await db
        .selectFrom('entitlement')
        .select('issued')
        .where('doctor', '=', caller.id)
        .where('organisation', '=', read.organisation)
        .executeTakeFirst();
      // An older one, perhaps wider, never comes back.
      if (before && Number(before.issued) > read.issued) {
        throw new CareletError('conflict', op, { because: 'a later key was issued in its place' });
      }
      const kept = await keptTransforms(db, caller.id, read.organisation);
      const { organisation, formula, issued, notAfter } = read;
      if (before && Number(before.issued) === issued && kept.length === 2) return { bases: kept.map(({ base }) => base) };
      if (transforms.length === 0) {
        throw new CareletError('missing', op, { because: 'this cloud has no part of that key' });
      }
      const fresh = await transformsIn(
        read,
        transforms.toSorted((a, b) => a.issuer - b.issuer),
      );
      if (!(await domains.isToday(organisation, fresh[0]!.domain))) throw retired();
      await transaction(db, async (within) => {
        // Held until this is laid: whoever retires the domain meanwhile finds it, and takes it away.
        const served = await within
          .selectFrom('served_domain')
          .select('retired')
          .where('organisation', '=', organisation)
          .where('domain', '=', fresh[0]!.domain)
          .forShare()
          .executeTakeFirst();
        if (served?.retired !== false) throw retired();
        const laid = await within
          .insertInto('entitlement')
          .values({ doctor: caller.id, organisation, formula, issued, not_after: notAfter })
          .onConflict((c) =>
            c
              .columns(['doctor', 'organisation'])
              .doUpdateSet({ formula, issued, not_after: notAfter })
              .where('entitlement.issued', '<=', issued),
          )
          .returning('doctor')
          .executeTakeFirst();
        if (!laid) throw new CareletError('conflict', op, { because: 'a later key was issued in its place' });
        await enterTeams(within, read, fresh[0]!.domain);
        await within.deleteFrom('transform_key').where('doctor', '=', caller.id).where('organisation', '=', organisation).execute();
        await within
          .insertInto('transform_key')
          .values(
            fresh.map(({ issuer, base, transform }) => ({
              doctor: caller.id,
              organisation,
              issuer,
              base,
              body: keys.secrets.seal(placeOf({ doctor: caller.id, organisation, issuer }), transform),
            })),
          )
          .execute();
      });
      // What was ended in this moment does not stay because it was just laid down.
      await endedKeys.refuse(read, op).catch(async (thrown: unknown) => {
        await forgetKeys(db, { doctor: caller.id, of: { organisation, before: issued + 1 } });
        throw thrown;
      });
      return { bases: fresh.map(({ base }) => base) };
    },

    async transform({ pat, organisation, nodes }) {
      const touched = [...new Map(nodes.map((node) => [hex(node), node])).values()];
      const reached = (within: Kysely<CloudTables>, formula: string) =>
        within
          .selectFrom('wrap')
          .where('pat', '=', pat)
          .where(openedByRole(caller.id, now()))
          .where('domain', '=', organisation)
          .where('node_id', '=', sql<Bytes>`any(${touched}::bytea[])`)
          .where(formulaSql(parse(formula)));
      const { transformed, formula, mustStill } = await transforms(organisation, 'transform wraps', {
        async texts(formula) {
          const rows = await reached(db, formula).select(['node_id', 'body']).execute();
          const wraps = new Map(rows.map(({ node_id, body }) => [hex(node_id), body]));
          return nodes.map((node) => wraps.get(hex(node)));
        },
        async inSight(within, formula) {
          return (await reached(within, formula).select('node_id').distinct().execute()).length === touched.length;
        },
      });
      const act = {
        kind: 'transformation',
        actor: caller.id,
        nodes: touched,
        rows: turnedRoot(transformed),
        policy: sha256(utf8(formula)),
      } as const;
      const promise = await transaction(db, async (within) => {
        await mustStill(within);
        // Nothing is handed out of which no receipt was kept.
        return book.leave(within, pat, act);
      });
      return { transformed, promise };
    },
  };

  /** What issuers sealed to this cloud: of this very entitlement, and each sound in itself. */
  async function transformsIn({ organisation, formula, issued }: Entitlement, brought: Brought) {
    const refuse = (because: string) => new CareletError('invalid', 'enter', { because });
    if (new Set(brought.map(({ issuer }) => issuer)).size < brought.length) throw refuse('two parts of a key are one issuer’s');
    const transforms: Bytes[] = [];
    for (const { issuer, sealed } of brought) {
      const place = { doctor: caller.id, organisation, issuer };
      const part = await keys.service.open((secretKey) => openForCloud(secretKey, place, sealed));
      // Sealed to a day's key that was erased since, or to somebody else: it has to be issued anew.
      if (!part) throw new CareletError('missing', 'enter', { because: 'a part of the key is not sealed to a key this cloud has' });
      if (part.issued !== issued) throw refuse('a part of the key is not of what was issued');
      transforms.push(part.transform);
    }
    const read = await mathematics.readTransforms(transforms);
    // One issuer's each: of a role's domain, or of a person's authorities.
    const fits = (one: ReadTransform, at: number): boolean => {
      const [first] = read as [ReadTransform];
      if (one.kind === 'role')
        return one.issuer === brought[at]!.issuer + 1 && first.kind === 'role' && equalPublic(one.domain, first.domain);
      const twice = at > 0 && first.kind === 'emergency' && equalPublic(one.authority, first.authority);
      return equalPublic(one.gid, caller.id) && first.kind === 'emergency' && !twice;
    };
    return brought.map(({ issuer }, i) => {
      const one = read[i];
      if (!one || one.formula !== formula || !fits(one, i)) throw refuse('a part of the key is not of what was issued');
      // What is for emergencies is of the security domain under whose number it stands.
      return { issuer, base: one.base, domain: one.kind === 'role' ? one.domain : organisation, transform: transforms[i]! };
    });
  }
}

/** Takes away what the cloud keeps of keys that an administrator ended. */
export async function forgetKeys(db: Kysely<CloudTables>, { doctor, of }: KeyEnd): Promise<void> {
  await transaction(db, async (within) => {
    let over = within.deleteFrom('entitlement').where('doctor', '=', doctor);
    if (of) over = over.where('organisation', '=', of.organisation).where('issued', '<', of.before);
    for (const { organisation } of await over.returning('organisation').execute()) {
      await within.deleteFrom('transform_key').where('doctor', '=', doctor).where('organisation', '=', organisation).execute();
    }
    // Also where only a part of it is there, as after a backup.
    if (!of) await within.deleteFrom('transform_key').where('doctor', '=', doctor).execute();
  });
}

/**
 * Takes away what the cloud keeps of keys for domains that organisations do not have any more.
 *
 * @throws {CareletError} `tampered` for a domain that was retired: who starts anew is shown no older manifest
 */
export async function forgetKeysOfOthers(db: Kysely<CloudTables>, today: readonly DomainToday[]): Promise<void> {
  const served = await db.selectFrom('served_domain').selectAll().execute();
  const known = new Map(served.map(({ organisation, domain, retired }) => [hex(organisation) + hex(domain), retired]));
  for (const { organisation, id } of today) {
    const retired = known.get(hex(organisation) + hex(id));
    if (retired) throw new CareletError('tampered', 'read town manifest', { because: 'it names a domain that was retired' });
    if (retired === undefined) await transaction(db, (within) => serveInstead(within, organisation, id));
  }
  // Emergencies that were founded anew have another number: what stood under the one before is for nothing any more. It may be
  // brought again, so an older manifest that somebody shows does no lasting harm.
  const gone = served.filter(
    ({ organisation, domain }) => equalPublic(organisation, domain) && !today.some((one) => equalPublic(one.organisation, organisation)),
  );
  for (const { organisation } of gone) await transaction(db, (within) => forgetKeysOf(within, organisation));
}

/** Of an organisation that is seen for the first time, whatever is here is of the only domain it had. */
async function serveInstead(within: Transaction<CloudTables>, organisation: Bytes, domain: Bytes): Promise<void> {
  const fresh = await within
    .insertInto('served_domain')
    .values({ organisation, domain, retired: false })
    .onConflict((c) => c.doNothing())
    .returning('domain')
    .executeTakeFirst();
  if (!fresh) return;
  const before = await within
    .updateTable('served_domain')
    .set({ retired: true })
    .where('organisation', '=', organisation)
    .where('domain', '!=', domain)
    .where('retired', '=', false)
    .returning('domain')
    .execute();
  if (before.length > 0) await forgetKeysOf(within, organisation);
}

async function forgetKeysOf(within: Transaction<CloudTables>, organisation: Bytes): Promise<void> {
  await within.deleteFrom('entitlement').where('organisation', '=', organisation).execute();
  await within.deleteFrom('transform_key').where('organisation', '=', organisation).execute();
}

/**
 * Forgets keys that have ended.
 *
 * @param now UTC seconds
 */
export async function forgetEndedKeys(db: Kysely<CloudTables>, now: number): Promise<void> {
  await sql`delete from transform_key using entitlement where entitlement.doctor = transform_key.doctor
    and entitlement.organisation = transform_key.organisation and entitlement.not_after <= ${now}`.execute(db);
}
