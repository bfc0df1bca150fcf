/**
 * Consent: what patients publish of their scopes, the grants they sign, and turning what a grant reaches.
 *
 * The cloud learns that a doctor may read in a chart, until when, and in how many scopes; what these are about it does not. It
 * turns a wrap for the doctor of a grant that holds, and for nobody else; what comes of that opens only with the mediator's
 * factor and the doctor's half. A carer, who has a patient's card, takes the doctor's place and is called so here as well; a team's
 * members take its place, each as herself (`teams`).
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { encodeCard, mayBeLetRead } from '@carelet/crypto/cards/card';
import { rekeyLength, scopeId } from '@carelet/crypto/pre/cloud';
import { type Grant, hashOfLetter, readGrant, verifyEnd } from '@carelet/crypto/pre/grant';
import { isDelegateOf } from '@carelet/crypto/pre/vouched';
import { turnedRoot } from '@carelet/crypto/receipts/mediated';
import { categoryOf, followAll } from '@carelet/crypto/records/scope';
import { transaction } from '@carelet/ground/database';
import type { Domains } from '@carelet/ground/domains';
import type { EndedKeys } from '@carelet/ground/ended-keys';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql, type Transaction } from 'kysely';
import { holding } from './access.ts';
import type { Changes } from './changes.ts';
import { noteEnd } from './ends.ts';
import type { CloudKeys } from './keys.ts';
import type { TurningMath } from './mathematics.ts';
import type { Book } from './receipts/book.ts';
import { answerRequest } from './requests.ts';
import type { CloudTables } from './schema.ts';
import { forgetUnseen, mustHaveRoom, mustLastNoLonger, unseen } from './unseen.ts';
import { notYours } from './wraps.ts';

type Sharing = RoleOf<typeof cloudContract>['sharing'];
/** All of `sharing` that is about consent. */
type Consenting = Omit<Sharing, 'service' | 'enter' | 'transform' | 'endKeys' | 'retired' | 'wrap' | 'forgetRetired'>;

/** One answer for whatever keeps a grant from holding. */
const noneHolds = 'no grant to you holds for them';

/** Rows in one statement: PostgreSQL takes 65,535 values. */
const atOnce = 1000;

export function consent(
  {
    db,
    cards,
    mathematics,
    endedKeys,
    domains,
    now,
    changes,
    book,
    keys,
  }: {
    db: Kysely<CloudTables>;
    cards: Cards;
    mathematics: TurningMath;
    endedKeys: EndedKeys;
    domains: Domains;
    now: () => number;
    changes: Changes;
    book: Book;
    keys: Pick<CloudKeys, 'secrets' | 'ends'>;
  },
  caller: KnownCaller,
): Consenting {
  const ownChart = async (within: Kysely<CloudTables>, pat: Bytes, op: string) => {
    const chart = await within.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
    if (!chart || !equal(chart.owner, caller.id)) throw notYours(op);
  };

  return {
    async delegate({ delegate }) {
      // A team's comes with the team.
      if (caller.kind === 'team' || !mayBeLetRead(caller.card) || !isDelegateOf(delegate, caller.card)) {
        throw new CareletError('invalid', 'take a half', { because: 'it is not signed by a doctor or a patient for herself' });
      }
      await db
        .insertInto('delegate')
        .values({ doctor: caller.id, body: delegate })
        .onConflict((c) => c.column('doctor').doUpdateSet({ body: delegate }))
        .execute();
    },

    async delegates({ doctors }) {
      if (doctors.length === 0) return { delegates: [] };
      const rows = await db.selectFrom('delegate').selectAll().where('doctor', 'in', doctors).execute();
      const known = new Map((await cards.byId(doctors)).map((card) => [hex(card.id), card]));
      return {
        delegates: rows.flatMap(({ doctor, body }) => {
          const card = known.get(hex(doctor));
          // Whether a patient cares for somebody is the business of patients.
          return card && (card.kind === 'doctor' || caller.kind === 'patient') ? [{ delegate: body, card: encodeCard(card) }] : [];
        }),
      };
    },

    async publish({ pat, states, letter }) {
      const refuse = (because: string) => new CareletError('conflict', 'publish scopes', { because });
      await transaction(db, async (within) => {
        await ownChart(within, pat, 'publish scopes');
        // The chart's row is the lock: two clients of one patient publish one after the other.
        await within.selectFrom('chart').select('pat').where('pat', '=', pat).forUpdate().execute();
        for (const state of states) {
          const category = categoryOf(state);
          if (!category) throw refuse('this is no scope state');
          const name = hex(category);
          const before = await within
            .selectFrom('scope_state')
            .select('body')
            .where('pat', '=', pat)
            .where('category', '=', name)
            .orderBy('position')
            .execute();
          if (before.some(({ body }) => equalPublic(body, state))) continue;
          const chain = [...before.map(({ body }) => body), state];
          const followed = followAll(null, chain, { pat, category, edVk: caller.card.edVk });
          if (followed?.kind !== 'follows') throw refuse('it does not follow what was published before');
          await within.insertInto('scope_state').values({ pat, category: name, position: before.length, body: state }).execute();
        }
        await within
          .insertInto('writer_letter')
          .values({ pat, body: letter })
          .onConflict((c) => c.column('pat').doUpdateSet({ body: letter }))
          .execute();
      });
    },

    async scopes({ pat }) {
      const chart = await db.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
      if (!chart || !(equal(chart.owner, caller.id) || equal(chart.writer, caller.id))) throw notYours('list scopes');
      const rows = await db
        .selectFrom('scope_state')
        .select('body')
        .where('pat', '=', pat)
        .orderBy('category')
        .orderBy('position')
        .execute();
      const letter = await db.selectFrom('writer_letter').select('body').where('pat', '=', pat).executeTakeFirst();
      return { states: rows.map(({ body }) => body), letter: letter?.body ?? null };
    },

    async consented({ pat, nodes }) {
      const chart = await db.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
      if (!chart || !(equal(chart.owner, caller.id) || equal(chart.writer, caller.id))) throw notYours('list wraps');
      const rows = await wrapsOf(db, pat, nodes);
      const have = new Set(rows.map(({ node_id, domain }) => hex(node_id) + hex(domain)));
      return { wrapped: nodes.map(({ nodeId, scope }) => have.has(hex(nodeId) + hex(scope))) };
    },

    async grant({ grant: body, letter, rekeys, answers }) {
      const refuse = (because: string) => new CareletError('invalid', 'grant', { because });
      const grant = readGrant(body, caller.card.edVk);
      if (!grant || !equalPublic(grant.letterHash, hashOfLetter(letter))) throw refuse('the grant is not signed by you over this letter');
      if (grant.notAfter <= now()) throw refuse('it has ended already');
      mustLastNoLonger(grant, now());
      await ownChart(db, grant.pat, 'grant');
      const reached = await mathematics.reach(rekeys);
      const [first] = reached;
      const sound = reached.every((one) => one && first && equalPublic(one.grant, grant.grant) && equalPublic(one.q, first.q));
      if (!sound) throw refuse('a re-encryption key is not one of this grant');
      const promise = await transaction(db, async (within) => {
        const laid = reached.map((one, i) => {
          const at = { pat: grant.pat, grant_id: grant.grant, scope: scopeId(one!.p) };
          return { ...at, body: keys.secrets.seal(placeOf(at), rekeys[i]!) };
        });
        await lay(within, grant, body, letter, laid);
        if (answers) await answerRequest(within, caller, { ...answers, doctor: grant.doctor, word: 'granted' }, now());
        return book.leave(within, grant.pat, { kind: 'grant', actor: caller.id, policy: sha256(body) });
      });
      changes.tell({ pat: grant.pat, part: null, nodes: [], wraps: [] });
      return { promise };
    },

    async end({ pat, grant, end }) {
      if (!verifyEnd(caller.card.edVk, { grant, pat }, end)) throw notYours('take a grant back');
      const { parting, promise } = await transaction(db, async (within) => {
        // Of her own chart; a grant that never arrived is taken back as well, and one that arrives in this moment is waited for.
        await ownChart(within, pat, 'take a grant back');
        await mustHaveRoom(within, 'consent', { pat, grant, owner: caller.id }, now());
        const ended = await within
          .insertInto('consent')
          .values({ pat, grant_id: grant, owner: caller.id, doctor: new Uint8Array(), ...unseen(now()), ended: end })
          .onConflict((c) => c.columns(['pat', 'grant_id']).doUpdateSet({ ended: end }).where('consent.owner', '=', caller.id))
          .returning(['doctor', 'body', 'not_after'])
          .execute();
        // Beside the database before it is so in it: what was taken back is so whatever comes from a backup.
        for (const { not_after } of ended)
          await noteEnd(keys.ends, { table: 'consent', pat, grant, owner: caller.id, end, notAfter: Number(not_after) });
        await within.deleteFrom('rekey').where('pat', '=', pat).where('grant_id', '=', grant).execute();
        const parting = ended.filter(({ body }) => body.length > 0);
        const [taken] = parting;
        const act = { kind: 'taking-back', actor: caller.id, ...(taken && { policy: sha256(taken.body) }) } as const;
        return { parting, promise: await book.leave(within, pat, act) };
      });
      changes.tell({ pat, part: null, nodes: [], wraps: [], parting: parting.map(({ doctor }) => doctor) });
      return { promise };
    },

    async grants() {
      const given = await db
        .selectFrom('consent')
        .select(['body', 'letter', 'owner'])
        .where((where) =>
          where.or([
            where.and([where('owner', '=', caller.id), where('ended', 'is', null), where('not_after', '>', now())]),
            holding(caller, now()),
          ]),
        )
        .orderBy('pat')
        .orderBy('grant_id')
        .execute();
      return { grants: given.map(({ body, letter, owner }) => ({ grant: body, letter, owner })) };
    },

    async turn({ pat, grant, nodes }) {
      const denied = () => new CareletError('denied', 'turn wraps', { because: noneHolds });
      const find = (within: Kysely<CloudTables> = db) =>
        within
          .selectFrom('consent')
          .select(['body', 'doctor'])
          .where('pat', '=', pat)
          .where('grant_id', '=', grant)
          .where(holding(caller, now()))
          .executeTakeFirst();
      let held = await find();
      if (held && !equalPublic(held.doctor, caller.id)) {
        // To a team: she reads as what she is entitled to be.
        await refuseOver(held.doctor, 'turn wraps');
        held = await find();
      }
      if (!held) throw denied();
      const rekeys = new Map(
        (
          await db
            .selectFrom('rekey')
            .select(['scope', 'body'])
            .where('pat', '=', pat)
            .where('grant_id', '=', grant)
            .where('scope', '=', sql<Bytes>`any(${nodes.map(({ scope }) => scope)}::bytea[])`)
            .execute()
        ).map(({ scope, body }) => [hex(scope), keys.secrets.open(placeOf({ pat, grant_id: grant, scope }), body)]),
      );
      const wraps = new Map((await wrapsOf(db, pat, nodes)).map((wrap) => [hex(wrap.node_id) + hex(wrap.domain), wrap.body]));
      const jobs = nodes.map(({ nodeId, scope }) => {
        const [rekey, sealed] = [rekeys.get(hex(scope)), wraps.get(hex(nodeId) + hex(scope))];
        if (!rekey || !sealed) throw denied();
        return { rekey, sealed };
      });
      // What a writer sealed badly is turned into nothing, and no other suffers.
      const turned = (await mathematics.turn(jobs)).map((t) => t ?? new Uint8Array());
      const touched = [...new Map(nodes.map(({ nodeId }) => [hex(nodeId), nodeId])).values()];
      const act = { kind: 're-encryption', actor: caller.id, nodes: touched, rows: turnedRoot(turned), policy: sha256(held.body) } as const;
      const promise = await transaction(db, async (within) => {
        // Taken back while it waited or was computed, it is not handed out any more.
        if (!(await find(within))) throw denied();
        // Nothing is handed out of which no receipt was kept.
        return book.leave(within, pat, act);
      });
      return { turned, promise };
    },
  };

  /** What was ended or retired while nobody told this cloud is gone when this returns: it asks first, once since it started. */
  async function refuseOver(team: Bytes, op: string): Promise<void> {
    await domains.ready();
    const member = await db
      .selectFrom('team_member')
      .select(['organisation', 'issued'])
      .where('team', '=', team)
      .where('doctor', '=', caller.id)
      .executeTakeFirst();
    if (!member) return;
    await endedKeys.refuse({ doctor: caller.id, organisation: member.organisation, issued: Number(member.issued) }, op).catch((thrown) => {
      if (!(thrown instanceof CareletError) || (thrown.kind !== 'denied' && thrown.kind !== 'conflict')) throw thrown;
      throw new CareletError('denied', op, { because: noneHolds });
    });
  }

  /** Lays a grant down; asked again after a lost answer, the very same is there already. */
  async function lay(
    within: Transaction<CloudTables>,
    { pat, grant, doctor, notAfter }: Grant,
    body: Bytes,
    letter: Bytes,
    rekeys: readonly CloudTables['rekey'][],
  ): Promise<void> {
    const laid = await within
      .insertInto('consent')
      .values({ pat, grant_id: grant, owner: caller.id, doctor, not_after: notAfter, body, letter, ended: null })
      .onConflict((c) => c.doNothing())
      .returning('pat')
      .executeTakeFirst();
    if (!laid) {
      const there = await within
        .selectFrom('consent')
        .select('pat')
        .where('pat', '=', pat)
        .where('grant_id', '=', grant)
        .where('body', '=', body)
        .where('ended', 'is', null)
        .executeTakeFirst();
      if (!there) throw new CareletError('conflict', 'grant', { because: 'a grant of this number was made or ended before' });
    }
    for (let at = 0; at < rekeys.length; at += atOnce) {
      await within
        .insertInto('rekey')
        .values(rekeys.slice(at, at + atOnce))
        .onConflict((c) => c.doNothing())
        .execute();
    }
  }
}

/** Re-encryption keys lie under the cloud's key file: who has the tables alone turns nothing. */
const placeOf = ({ pat, grant_id, scope }: Omit<CloudTables['rekey'], 'body'>): string =>
  `rekey/${hex(pat)}/${hex(grant_id)}/${hex(scope)}`;

/** Seals the re-encryption keys that were laid before they were sealed; to be done before anybody is served. */
export async function sealRekeys(db: Kysely<CloudTables>, { secrets }: Pick<CloudKeys, 'secrets'>): Promise<void> {
  for (;;) {
    const rows = await db.selectFrom('rekey').selectAll().where(sql<boolean>`octet_length(body) = ${rekeyLength}`).limit(atOnce).execute();
    if (rows.length === 0) return;
    for (const { pat, grant_id, scope, body } of rows) {
      const place = { pat, grant_id, scope };
      await db
        .updateTable('rekey')
        .set({ body: secrets.seal(placeOf(place), body) })
        .where('pat', '=', pat)
        .where('grant_id', '=', grant_id)
        .where('scope', '=', scope)
        .where('body', '=', body)
        .execute();
    }
  }
}

/**
 * Forgets the re-encryption keys of grants that have ended: they are refused already, and what is not there cannot be stolen; and ends of
 * grants that cannot come any more.
 *
 * @param now UTC seconds
 */
export async function forgetEnded(db: Kysely<CloudTables>, now: number): Promise<void> {
  const ended = sql<boolean>`exists (select 1 from consent where consent.pat = rekey.pat and consent.grant_id = rekey.grant_id
    and (consent.not_after <= ${now} or consent.ended is not null))`;
  await db.deleteFrom('rekey').where(ended).execute();
  await forgetUnseen(db, 'consent', now);
}

const wrapsOf = (db: Kysely<CloudTables>, pat: Bytes, nodes: readonly { nodeId: Bytes; scope: Bytes }[]) =>
  db
    .selectFrom('wrap')
    .select(['node_id', 'domain', 'body'])
    .where('pat', '=', pat)
    .where('kind', '=', 'consent')
    .where('node_id', '=', sql<Bytes>`any(${nodes.map(({ nodeId }) => nodeId)}::bytea[])`)
    .execute();
