/**
 * Consent without a mediator: grants through the key distribution servers, and handing out the locks made for them.
 *
 * The cloud learns of a grant what it learns of every consent: who may, in which chart, until when. A lock is handed out to the
 * reader of a grant that holds, under a receipt, and opens with the keys of two servers, each of which looks for itself as well.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { hashOfLetter, readGrant, verifyEnd } from '@carelet/crypto/kdc/grant';
import { transaction } from '@carelet/ground/database';
import type { KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql } from 'kysely';
import type { Changes } from '../changes.ts';
import { type Ends, noteEnd } from '../ends.ts';
import type { Book } from '../receipts/book.ts';
import type { CloudTables } from '../schema.ts';
import { mustHaveRoom, mustLastNoLonger, unseen } from '../unseen.ts';
import { notYours } from '../wraps.ts';
import { sharedWith } from './grants.ts';

export function kdc(
  { db, now, changes, book, ends }: { db: Kysely<CloudTables>; now: () => number; changes: Changes; book: Book; ends: Ends },
  caller: KnownCaller,
): RoleOf<typeof cloudContract>['kdc'] {
  const mustOwn = async (within: Kysely<CloudTables>, pat: Bytes, op: string): Promise<void> => {
    const chart = await within.selectFrom('chart').select('owner').where('pat', '=', pat).executeTakeFirst();
    if (!chart || !equal(chart.owner, caller.id)) throw notYours(op);
  };

  return {
    async grant({ grant: body, letter }) {
      const refuse = (because: string) => new CareletError('invalid', 'grant', { because });
      const grant = readGrant(body, caller.card);
      if (!grant || !equalPublic(grant.letterHash, hashOfLetter(letter))) throw refuse('the grant is not signed by you over this letter');
      if (grant.notAfter <= now()) throw refuse('it has ended already');
      mustLastNoLonger(grant, now());
      if (equalPublic(grant.reader, caller.id)) throw refuse('nobody needs to be let read what is hers');
      const { pat, reader, notAfter } = grant;
      const promise = await transaction(db, async (within) => {
        await mustOwn(within, pat, 'grant');
        const row = { pat, grant_id: grant.grant, owner: caller.id, reader, not_after: notAfter, body, letter, ended: null };
        const laid = await within
          .insertInto('shared_grant')
          .values(row)
          .onConflict((c) => c.doNothing())
          .returning('pat')
          .executeTakeFirst();
        // Asked again after a lost answer, the very same is there already.
        const there = await within
          .selectFrom('shared_grant')
          .select('pat')
          .where('pat', '=', pat)
          .where('grant_id', '=', grant.grant)
          .where('body', '=', body)
          .where('ended', 'is', null)
          .executeTakeFirst();
        if (!laid && !there) throw new CareletError('conflict', 'grant', { because: 'a grant of this number was made or ended before' });
        return book.leave(within, pat, { kind: 'grant', actor: caller.id, policy: sha256(body) });
      });
      changes.tell({ pat, part: null, nodes: [], wraps: [] });
      return { promise };
    },

    async end({ pat, grant, end }) {
      const op = 'take a grant back';
      if (!verifyEnd(caller.card.edVk, { grant, pat }, end)) throw notYours(op);
      const { parting, promise } = await transaction(db, async (within) => {
        // Of her own chart; a grant that never arrived is taken back as well, and one that arrives in this moment is waited for.
        await mustOwn(within, pat, op);
        await mustHaveRoom(within, 'shared_grant', { pat, grant, owner: caller.id }, now());
        const ended = await within
          .insertInto('shared_grant')
          .values({ pat, grant_id: grant, owner: caller.id, reader: new Uint8Array(), ...unseen(now()), ended: end })
          .onConflict((c) => c.columns(['pat', 'grant_id']).doUpdateSet({ ended: end }).where('shared_grant.owner', '=', caller.id))
          .returning(['reader', 'body', 'not_after'])
          .executeTakeFirst();
        const of = { table: 'shared_grant', pat, grant, owner: caller.id, end } as const;
        if (ended) await noteEnd(ends, { ...of, notAfter: Number(ended.not_after) });
        const parting = ended && ended.body.length > 0 ? ended : undefined;
        if (parting)
          await within.deleteFrom('wrap').where('pat', '=', pat).where('kind', '=', 'shared').where('domain', '=', grant).execute();
        const act = { kind: 'taking-back', actor: caller.id, ...(parting && { policy: sha256(parting.body) }) } as const;
        return { parting, promise: await book.leave(within, pat, act) };
      });
      changes.tell({ pat, part: null, nodes: [], wraps: [], ...(parting && { parting: [parting.reader] }) });
      return { promise };
    },

    async grants() {
      const rows = await db
        .selectFrom('shared_grant')
        .select(['body', 'letter', 'owner'])
        .where((where) =>
          where.or([
            where.and([where('owner', '=', caller.id), where('ended', 'is', null), where('not_after', '>', now())]),
            sharedWith(caller.id, now()),
          ]),
        )
        .orderBy('pat')
        .orderBy('grant_id')
        .execute();
      return { grants: rows.map(({ body, letter, owner }) => ({ grant: body, letter, owner })) };
    },

    async nodes({ pat }) {
      const rows = await db
        .selectFrom('wrap')
        .innerJoin('shared_grant', (join) =>
          join.onRef('shared_grant.pat', '=', 'wrap.pat').onRef('shared_grant.grant_id', '=', 'wrap.domain'),
        )
        .select(['wrap.domain', 'wrap.node_id', 'wrap.part', 'wrap.gen'])
        .where('wrap.pat', '=', pat)
        .where('wrap.kind', '=', 'shared')
        .where((where) => where.or([where('shared_grant.owner', '=', caller.id), sharedWith(caller.id, now())]))
        .orderBy('wrap.domain')
        .orderBy('wrap.node_id')
        .execute();
      return { nodes: rows.map(({ domain, node_id, part, gen }) => ({ grant: domain, nodeId: node_id, part: part as Part, gen })) };
    },

    async hand({ pat, grant, nodes }) {
      // One answer for a grant there never was, one that is over, one that is somebody else's, and a node that is not in it.
      const denied = () => new CareletError('denied', 'hand out locks', { because: 'no grant to you holds for them' });
      const find = (within: Kysely<CloudTables> = db) =>
        within
          .selectFrom('shared_grant')
          .select('body')
          .where('pat', '=', pat)
          .where('grant_id', '=', grant)
          .where(sharedWith(caller.id, now()))
          .executeTakeFirst();
      const held = await find();
      if (!held) throw denied();
      const rows = await db
        .selectFrom('wrap')
        .select(['node_id', 'part', 'gen', 'body', 'maker', 'signature'])
        .where('pat', '=', pat)
        .where('kind', '=', 'shared')
        .where('domain', '=', grant)
        .where('node_id', '=', sql<Bytes>`any(${nodes}::bytea[])`)
        .execute();
      const found = new Map(rows.map((row) => [hex(row.node_id), row]));
      const touched = [...new Map(nodes.map((node) => [hex(node), node])).values()];
      if (!touched.every((node) => found.has(hex(node)))) throw denied();
      const wraps = nodes.map((node) => {
        const { node_id, part, gen, body, maker, signature } = found.get(hex(node))!;
        return { nodeId: node_id, part: part as Part, gen, body, maker, signature };
      });
      const act = { kind: 're-encryption', actor: caller.id, nodes: touched, policy: sha256(held.body) } as const;
      const promise = await transaction(db, async (within) => {
        // Taken back since, it is not handed out any more.
        if (!(await find(within))) throw denied();
        // Nothing is handed out of which no receipt was kept.
        return book.leave(within, pat, act);
      });
      return { wraps, promise };
    },
  };
}
