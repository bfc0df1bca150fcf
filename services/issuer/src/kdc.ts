/**
 * Key distribution: this issuer is one of three servers of which two give an owner and whomever she let read the same key for a node
 * (`crypto/kdc`). Each sees for itself whether that is granted and not over, answers with its part, and writes it down.
 *
 * [Note: Where grants lie] In files of their own and in no table, as mediators keep their factors: a database that is restored brings
 * none back. One that ended leaves its number behind until its day, so that nobody who kept an old request lays it anew.
 *
 * [Note: Ends of grants that never came] One may end before it arrives: this server was away, or the request was slow. Such an end is
 * kept as well, until the last day any grant signed by then may have. It is taken only of whoever shows the chart to be hers, as the
 * grant would have to be, and only so many of each: a patient's card is anybody's to make, and would fill the disk with ends of nothing.
 *
 * [Note: What one owner may leave] A grant is a file, and its number one after its end, for up to thirteen months. So of one owner so many
 * are kept, and a grant of no nodes is none yet: it is answered, and nothing is written.
 *
 * [Note: What a server knows of a chart] That its writer, an organisation of this town, said whose it is. Whether a node hangs in it
 * the server cannot tell; it need not: see [Note: What a server answers for].
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { longestGrantSeconds } from '@carelet/care/rules/records/calendar';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, concat, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Card, cardStands, decodeCard, mayBeLetRead } from '@carelet/crypto/cards/card';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import {
  type Answered,
  answerTo,
  askingSkew,
  type Heard,
  hearSaid,
  type OwnChart,
  type Refusal,
  type Said,
} from '@carelet/crypto/kdc/asking';
import { type GrantName, nameOfGrant, ownerOf, placeOf, readGrant, verifyEnd } from '@carelet/crypto/kdc/grant';
import { verifyDeed } from '@carelet/crypto/records/chart';
import { Nonces } from '@carelet/ground/login';
import { perHour } from '@carelet/ground/per-hour';
import { type SealedFiles, sealedFiles } from '@carelet/ground/sealed-files';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { type Founded, foundedTown, type Identity } from './identity.ts';
import type { IssuerMath } from './mathematics.ts';
import type { IssuerTables } from './schema.ts';

/** A grant as this server keeps it; of one that ended nothing but until when its number is none again, whose it was, and whether it ever came. */
export type KeptGrant =
  | { readonly kind: 'holds'; readonly notAfter: number; readonly reader: Bytes; readonly body: Bytes; readonly nodes: Bytes }
  | { readonly kind: 'ended'; readonly notAfter: number; readonly owner?: Bytes; readonly came: boolean };

export type KeptGrants = SealedFiles<KeptGrant>;

/** Grants in the files of a folder, sealed under the issuer's key file. */
export const grantsIn = (folder: string, secrets: Secrets): Promise<KeptGrants> =>
  sealedFiles<KeptGrant>(
    { folder, secrets, place: 'issuer/grant' },
    {
      write: (kept) =>
        kept.kind === 'ended'
          ? [kept.notAfter, ...(kept.owner ? [kept.owner] : []), ...(kept.owner && kept.came ? [true] : [])]
          : [kept.notAfter, kept.reader, kept.body, kept.nodes],
      read: (content) => {
        const fields = content as [number, Bytes, Bytes, Bytes] | [number, Bytes?, true?];
        if (fields.length === 4) return { kind: 'holds', notAfter: fields[0], reader: fields[1], body: fields[2], nodes: fields[3] };
        // Before owners were written, only of one that never came.
        const [notAfter, owner, came = owner === undefined] = fields;
        return { kind: 'ended', notAfter, ...(owner && { owner }), came };
      },
    },
  );

/** Forgets what is over by its date. */
export const forgetOver = (grants: KeptGrants, now: number): Promise<void> => grants.dropWhere(({ notAfter }) => notAfter <= now);

/** Where this server's share lies under the key file. */
export const sharePlace = 'issuer/key-server';

/** Of one owner: grants that hold, all that came with those that ended, and ends of grants that never came here. */
const most = { holds: 500, came: 2000, unseen: 100 } as const;
/** Nodes of one grant. */
const mostNodesOfGrant = 20_000;
/** Nodes that one card may name within an hour, in whatever it asks; and what any request counts for. */
const mostAnHour = 40_000;
const eachRequest = 8;

const op = 'answer as a key server';

/** A refusal, to be told to whoever asked and to nobody else. */
class Refused extends Error {
  readonly as: Refusal;
  constructor(as: Refusal, because: string) {
    super(because);
    this.as = as;
  }
}
const refuse = (as: Refusal, because: string) => new Refused(as, because);
// One answer for a grant there never was, one that is over, one that is somebody else's, and a node that is not in it.
const none = () => refuse('denied', 'no grant to you holds here');

export function kdc({
  db,
  grants,
  secrets,
  identity,
  mathematics,
  now,
}: {
  db: Kysely<IssuerTables>;
  grants: KeptGrants;
  secrets: Secrets;
  identity: () => Identity;
  mathematics: IssuerMath;
  /** UTC seconds. */
  now: () => number;
}): RoleOf<typeof issuerContract>['kdc'] {
  const used = new Nonces();
  const asked = perHour(now, mostAnHour);
  const owned = new Owned(grants);
  let turn: Promise<unknown> = Promise.resolve();
  /** What changes a grant is done one after the other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };

  const share = async (): Promise<Bytes> => {
    const row = await db.selectFrom('key_server').select('secret').executeTakeFirst();
    if (!row) throw refuse('unavailable', 'this town has no key servers yet');
    return secrets.open(sharePlace, row.secret);
  };

  return {
    async answer({ sealed }) {
      const founded = await foundedTown(db, op);
      const at = { town: foundingHash(founded.manifest), server: founded.place + 1 };
      const heard = hearSaid(at, identity().hybridSk, sealed);
      if (!heard || !cardStands(heard.card, founded.manifest, now())) {
        throw new CareletError('denied', op, { because: 'this is no request to this server, by a card that stands' });
      }
      const answered = await judged(founded, heard).catch((thrown: unknown): Answered => {
        if (!(thrown instanceof Refused)) throw thrown;
        return { kind: 'refused', as: thrown.as, because: thrown.message };
      });
      return { sealed: answerTo(at, identity().edSk, heard.card, sealed, answered) };
    },
  };

  async function judged(founded: Founded, { card, time, nonce, said }: Heard): Promise<Answered> {
    if (Math.abs(now() - time) > askingSkew) throw refuse('denied', 'your clock and this server’s differ by more than five minutes');
    if (!used.take(hex(card.id) + hex(nonce), now())) throw refuse('denied', 'this request was already made');
    const nodes = said.kind === 'end' ? 0 : said.nodes.length;
    asked.take(card.id, (because) => refuse('unavailable', because), eachRequest + nodes);
    switch (said.kind) {
      case 'lay':
        return inTurn(() => lay(founded, card, said));
      case 'end':
        return inTurn(() => end(founded, card, said));
      case 'ask':
        return ask(card, said);
    }
  }

  /** Whether an organisation of this town says that a chart is this patient's. */
  function isHers({ manifest }: Founded, card: Card, pat: Bytes, { writer: bytes, deed }: OwnChart): boolean {
    const writer = decodeCard(bytes);
    return (
      writer?.kind === 'organisation' &&
      cardStands(writer, manifest, now()) &&
      verifyDeed(writer.edVk, { pat, writer: writer.id, owner: card.id }, deed)
    );
  }

  async function lay(founded: Founded, card: Card, { grant: body, writer, deed, nodes }: Said & { kind: 'lay' }): Promise<Answered> {
    const grant = readGrant(body, card);
    if (card.kind !== 'patient' || !grant) throw refuse('invalid', 'the grant is not signed by you, as a patient');
    if (grant.notAfter <= now()) throw refuse('invalid', 'it has ended already');
    if (grant.notAfter > Math.min(now(), grant.issued) + longestGrantSeconds) throw refuse('invalid', 'no grant lasts that long');
    // One of a later day could outlast the end that was said before it.
    if (grant.issued > now() + askingSkew) throw refuse('invalid', 'it is of a day to come');
    if (!isHers(founded, card, grant.pat, { writer, deed })) throw refuse('denied', 'nobody who may says that this chart is yours');
    const name = nameOfGrant(grant);
    const before = await grants.get(name);
    if (before && !(before.kind === 'holds' && equalPublic(before.body, body))) {
      throw refuse('conflict', 'a grant of this number was made or ended before');
    }
    // [Note: What one owner may leave]
    if (!before && nodes.length === 0) return { kind: 'laid', nodes: 0 };
    const known = before?.kind === 'holds' ? before.nodes : new Uint8Array();
    const there = new Set(each(known).map(hex));
    const fresh = [...new Map(nodes.map((node) => [hex(node), node])).entries()].filter(([node]) => !there.has(node));
    const all = concat(known, ...fresh.map(([, node]) => node));
    if (all.length > 16 * mostNodesOfGrant) throw refuse('invalid', 'a grant reaches no more nodes than that');
    if (!before) {
      const { holds, ended } = await owned.of(card.id, now());
      if (holds >= most.holds) throw refuse('conflict', 'as many grants of yours hold as are kept; end some');
      if (holds + ended >= most.came) throw refuse('conflict', 'as many grants of yours held and ended as are kept');
      await owned.note(card.id, 'holds', grant.notAfter);
    }
    if (!before || fresh.length > 0) {
      await grants.put(name, { kind: 'holds', notAfter: grant.notAfter, reader: grant.reader, body, nodes: all });
    }
    return { kind: 'laid', nodes: all.length / 16 };
  }

  async function end(founded: Founded, card: Card, { grant, pat, end: signature, chart }: Said & { kind: 'end' }): Promise<Answered> {
    if (card.kind !== 'patient' || !verifyEnd(card.edVk, { grant, pat }, signature)) throw none();
    const name = nameOfGrant({ grant, pat, owner: card.id });
    const before = await grants.get(name);
    if (before?.kind === 'holds') {
      await owned.end(card.id, before.notAfter);
      await grants.put(name, { kind: 'ended', notAfter: before.notAfter, owner: card.id, came: true });
    }
    // See [Note: Ends of grants that never came].
    if (!before) {
      if (!chart || !isHers(founded, card, pat, chart)) throw none();
      if ((await owned.of(card.id, now())).unseen >= most.unseen) {
        throw refuse('unavailable', 'as many grants of yours that never came have ended as are kept');
      }
      const notAfter = untilUnseen(now());
      await owned.note(card.id, 'unseen', notAfter);
      await grants.put(name, { kind: 'ended', notAfter, owner: card.id, came: false });
    }
    return { kind: 'ended' };
  }

  async function ask(card: Card, { nodes, ...said }: Said & { kind: 'ask' }): Promise<Answered> {
    const name: GrantName = said;
    if (!mayBeLetRead(card)) throw none();
    const kept = await grants.get(nameOfGrant(name));
    if (kept?.kind !== 'holds' || kept.notAfter <= now()) throw none();
    if (![name.owner, kept.reader].some((who) => equalPublic(who, card.id))) throw none();
    const reached = new Set(each(kept.nodes).map(hex));
    if (!nodes.every((node) => reached.has(hex(node)))) throw none();
    const secret = await share();
    const parts = await mathematics.answerAsServer(
      secret,
      nodes.map((node) => placeOf(name, node)),
    );
    // Nothing is answered of which nothing was written down.
    await db
      .insertInto('answered')
      .values({ grant_name: nameOfGrant(name), card: card.id, nodes: nodes.length, time: now() })
      .execute();
    // Taken back while it was computed, it is not handed out any more.
    if ((await grants.get(nameOfGrant(name)))?.kind !== 'holds') throw none();
    return { kind: 'parts', parts };
  }
}

/** Until when a grant may last that was signed before its end, whose signer's clock may go before ours. */
const untilUnseen = (now: number): number => now + askingSkew + longestGrantSeconds;

type What = 'holds' | 'ended' | 'unseen';

/** How much is kept of each owner: counted in the files once, and from then on before anything is written. See [Note: What one owner may leave]. */
class Owned {
  readonly #grants: KeptGrants;
  /** Until when each is kept. */
  #kept: Map<string, Record<What, number[]>> | undefined;

  constructor(grants: KeptGrants) {
    this.#grants = grants;
  }

  /** How many of each there are. */
  async of(owner: Bytes, now: number): Promise<Record<What, number>> {
    const hers = await this.#hers(owner);
    for (const what of Object.keys(hers) as What[]) hers[what] = hers[what].filter((until) => until > now);
    return { holds: hers.holds.length, ended: hers.ended.length, unseen: hers.unseen.length };
  }

  async note(owner: Bytes, what: What, notAfter: number): Promise<void> {
    (await this.#hers(owner))[what].push(notAfter);
  }

  /** One that held until this day has ended. */
  async end(owner: Bytes, notAfter: number): Promise<void> {
    const { holds, ended } = await this.#hers(owner);
    const at = holds.indexOf(notAfter);
    if (at >= 0) holds.splice(at, 1);
    ended.push(notAfter);
  }

  async #hers(owner: Bytes): Promise<Record<What, number[]>> {
    this.#kept ??= await this.#count();
    return hersIn(this.#kept, owner);
  }

  async #count(): Promise<Map<string, Record<What, number[]>>> {
    const kept = new Map<string, Record<What, number[]>>();
    for await (const one of this.#grants.each()) {
      const owner = one.kind === 'holds' ? ownerOf(one.body) : one.owner;
      const what = one.kind === 'holds' ? 'holds' : one.came ? 'ended' : 'unseen';
      if (owner) hersIn(kept, owner)[what].push(one.notAfter);
    }
    return kept;
  }
}

function hersIn(kept: Map<string, Record<What, number[]>>, owner: Bytes): Record<What, number[]> {
  const there = kept.get(hex(owner)) ?? { holds: [], ended: [], unseen: [] };
  kept.set(hex(owner), there);
  return there;
}

/** The 16-byte numbers that were put one behind the other. */
const each = (all: Bytes): Bytes[] => Array.from({ length: all.length / 16 }, (_, i) => all.subarray(16 * i, 16 * (i + 1)));
