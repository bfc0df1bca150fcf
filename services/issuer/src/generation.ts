/**
 * One issuer's part in making a domain, or the town's key servers: three make the secret together, and none ever has it.
 *
 * Four steps (`crypto/algebra/generation`): promise, reveal, conclude, confirm. Whoever carries the messages between the issuers
 * (the authority does) can end a generation and nothing else. Each step is answered once and remembered, so a generation that
 * was interrupted goes on where it was; what is secret is erased as soon as the next step does not need it.
 *
 * Attempts are counted, and each issuer remembers its own: see [Note: One attempt at a time].
 *
 * [Note: Promises are kept to] An issuer shows its opening for one set of promises only. Otherwise whoever saw it could promise
 * anew, and choose the domain's key by what the others said.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { hashOf, kdf } from '@carelet/crypto/algebra/hash';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import { decodeManifest, follows, foundingHash, manifestHash, signedByTwo } from '@carelet/crypto/cards/manifest';
import { transaction } from '@carelet/ground/database';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely, Transaction } from 'kysely';
import {
  type Attempt,
  attemptsAt,
  contextOf,
  encodeOutcome,
  forgetLeft,
  forgetOthers,
  forgetUnsigned,
  inUse,
  leaveEarlier,
  mayLeaveEarlier,
  mustGoOnAlone,
  type Outcome,
  readOutcome,
  standingOf,
} from './attempts.ts';
import { domainPlace, hasItsDomain, namesKey, takeInstead, takeIntoUse } from './domains.ts';
import { type Founded, foundedTown, type Identity } from './identity.ts';
import { sharePlace } from './kdc.ts';
import type { IssuerMath } from './mathematics.ts';
import {
  readOpening,
  readPromise,
  readShare,
  sayOpening,
  sayPromise,
  sayShare,
  signTranscript,
  type Transcript,
  transcriptSignedBy,
} from './messages.ts';
import type { IssuerTables } from './schema.ts';

type Steps = RoleOf<typeof issuerContract>['generation'];
/** Of nobody's domain: of the key servers. */
type Asked = { readonly organisation: Bytes | null; readonly attempt: number };

const op = 'make a domain';
const invalid = (because: string) => new CareletError('invalid', op, { because });

export function generation({
  db,
  secrets,
  identity,
  mathematics,
  random = systemRandom,
}: {
  db: Kysely<IssuerTables>;
  secrets: Secrets;
  identity: () => Identity;
  mathematics: IssuerMath;
  random?: Random;
}): Steps {
  const about = async ({ organisation, attempt }: Asked) => {
    const founded = await foundedTown(db, op);
    const town = foundingHash(founded.manifest);
    const context = contextOf(town, organisation, attempt);
    return { founded, town, context, place: `issuer/generation/${hex(context)}` };
  };

  const rowOf = (within: Kysely<IssuerTables> | Transaction<IssuerTables>, context: Bytes) =>
    within.selectFrom('generation').selectAll().where('context', '=', context);

  /** Does a step under a lock: what is asked twice at a time is done once. */
  const step = <T>(context: Bytes, work: (within: Transaction<IssuerTables>, row: Row) => Promise<T>): Promise<T> =>
    transaction(db, async (within) => {
      const row = await rowOf(within, context).forUpdate().executeTakeFirst();
      if (!row) throw new CareletError('missing', op, { because: 'this generation has not begun here' });
      return work(within, row);
    });

  /**
   * Refuses to begin an attempt that may not be; gives those there were. It holds the row of what the attempt is at: of two that are
   * begun at a time one comes after the other.
   */
  const mayBegin = async (
    within: Transaction<IssuerTables>,
    { organisation, attempt }: Asked,
    { founded, town, context }: Awaited<ReturnType<typeof about>>,
    heard: readonly Bytes[],
  ): Promise<Attempt[]> => {
    if (!organisation) await within.selectFrom('town').select('one').forNoKeyUpdate().executeTakeFirst();
    else if (
      !(await within.selectFrom('organisation').select('name').where('organisation', '=', organisation).forNoKeyUpdate().executeTakeFirst())
    ) {
      throw new CareletError('denied', op, { because: 'no administrator admitted this organisation' });
    }
    const attempts = await attemptsAt(within, town, organisation, { hold: true });
    const before = await inUse(within, organisation);
    if (before && !before.retiring) throw organisation ? hasItsDomain() : hasItsServers();
    const promisedIn = (of: Bytes, from: number) =>
      from === founded.place ? [] : heard.filter((message) => readPromise(founded.issuers[from]!.edVk, of, from, message));
    mayLeaveEarlier(attempts, attempt, ({ context: of, promises }) => {
      const known = promises ? (uncbor(promises) as Bytes[]) : [];
      return known.some(
        (one, from) => promisedIn(context, from).length > 0 || promisedIn(of, from).some((message) => !equalPublic(message, one)),
      );
    });
    return attempts;
  };

  return {
    async standing({ organisation }) {
      const founded = await foundedTown(db, op);
      return standingOf(db, foundingHash(founded.manifest), organisation);
    },

    async promise({ heard = [], ...asked }) {
      const here = await about(asked);
      const { founded, context, place } = here;
      const known = await rowOf(db, context).executeTakeFirst();
      if (known) return { promise: known.promise };
      const { organisation, attempt } = asked;
      // Looked at before anything is computed for it, and again when it is written down.
      await transaction(db, (within) => mayBegin(within, asked, here, heard));
      const { promise, opening, shares } = await (organisation ? mathematics.deal : mathematics.dealServers)(context, founded.place);
      const added = random(32);
      const said = sayPromise(identity().edSk, context, founded.place, { promise, addition: additionOf(context, founded.place, added) });
      const dealt = secrets.seal(place, cbor([opening, [...shares], added]));
      const values = { context, organisation, attempt, promise: said, dealt, promises: null, shown: null, outcome: null, made: null };
      return transaction(db, async (within) => {
        await leaveEarlier(within, await mayBegin(within, asked, here, heard), attempt);
        await within
          .insertInto('generation')
          .values(values)
          .onConflict((c) => c.doNothing())
          .execute();
        return { promise: (await rowOf(within, context).executeTakeFirstOrThrow()).promise };
      });
    },

    async reveal({ promises, ...asked }) {
      const { founded, town, context, place } = await about(asked);
      readPromises(founded, context, promises);
      return step(context, async (within, row) => {
        if (!equalPublic(promises[founded.place]!, row.promise)) throw invalid('this issuer promised something else');
        if (row.promises && !equalPublic(row.promises, cbor(promises))) {
          throw new CareletError('conflict', op, { because: 'this issuer has heard other promises' });
        }
        if (row.shown) return readShown(row.shown);
        if (row.left_behind || !row.dealt) throw isOver();
        mustGoOnAlone(await attemptsAt(within, town, asked.organisation), asked.attempt, ['shown', 'signed']);
        const [opening, shares, added] = uncbor(secrets.open(place, row.dealt)) as [Bytes, Bytes[], Bytes];
        const shown = {
          opening: sayOpening(identity().edSk, context, founded.place, opening),
          shares: shares.map((share, to) =>
            sayShare(identity().edSk, founded.issuers[to]!.hybridPk, context, { from: founded.place, to }, { share, added }),
          ),
        };
        await within
          .updateTable('generation')
          .set({ dealt: null, promises: cbor(promises), shown: cbor([shown.opening, shown.shares]) })
          .where('context', '=', context)
          .execute();
        return shown;
      });
    },

    async conclude({ openings, shares, ...asked }) {
      const { founded, town, context, place } = await about(asked);
      return step(context, async (within, row) => {
        if (row.outcome) return readOutcome(row.outcome);
        if (row.left_behind) throw isOver();
        const attempts = await attemptsAt(within, town, asked.organisation);
        mustGoOnAlone(attempts, asked.attempt, ['signed']);
        if (!row.promises) throw new CareletError('conflict', op, { because: 'this issuer has not heard every promise' });
        const promised = readPromises(founded, context, uncbor(row.promises) as Bytes[]);
        const to = founded.place;
        const heard = founded.issuers.map(({ edVk }, from) => {
          const opening = readOpening(edVk, context, from, openings[from]!);
          const told = readShare(identity().hybridSk, edVk, context, { from, to }, shares[from]!);
          if (!opening || !told) throw invalid(`what issuer ${from + 1} said did not arrive as it was said`);
          return { opening, ...told, ...promised[from]! };
        });
        const end = async (outcome: Outcome, made: Bytes | null): Promise<Outcome> => {
          const values = { outcome: encodeOutcome(outcome), made };
          await within.updateTable('generation').set(values).where('context', '=', context).execute();
          return outcome;
        };
        const liar = heard.findIndex(({ added, addition }, from) => !equalPublic(additionOf(context, from, added), addition));
        if (liar >= 0) return end({ kind: 'blame', issuer: liar, because: 'share' }, null);
        const made = row.organisation
          ? await mathematics.conclude(context, await nameOfDomain(within, founded, row.organisation), founded.place, heard)
          : await mathematics.concludeServers(context, founded.place, heard);
        if (made.kind === 'blame') return end(made, null);
        const { domain, issuers, share } = made;
        const transcript = { transcript: made.transcript, additions: heard.map(({ addition }) => addition), domain, issuers };
        const seed = hashOf(
          'carelet/v1/issuer/additions',
          context,
          heard.map(({ added }) => added),
        );
        const orgKey = kdf(seed, 'carelet/v1/issuer/label-key', []);
        const pq = kdf(seed, 'carelet/v1/issuer/k-pq', []);
        await forgetLeft(within, attempts, asked.attempt);
        const kept = secrets.seal(place, cbor([share, orgKey, pq, transcript.transcript, transcript.additions, issuers]));
        return end({ kind: 'made', domain, signature: signTranscript(identity().edSk, context, transcript) }, kept);
      });
    },

    async confirm({ signatures, manifest, ...asked }) {
      const { founded, town, context, place } = await about(asked);
      return step(context, async (within, row) => {
        const outcome = row.outcome ? readOutcome(row.outcome) : null;
        if (outcome?.kind !== 'made') throw new CareletError('conflict', op, { because: 'this generation made no domain' });
        const { domain } = outcome;
        const { organisation } = row;
        const before = await inUse(within, organisation);
        const published = manifest !== undefined && (await isPublished(within, founded, manifest, organisation, domain));
        const done = async () => {
          if (published) await forgetOthers(within, organisation);
          return { domain };
        };
        if (before && equalPublic(before.key, domain)) return done();
        if (!row.made) throw isOver();
        const [share, orgKey, pq, transcript, additions, issuers] = uncbor(secrets.open(place, row.made)) as [
          Bytes,
          Bytes,
          Bytes,
          Bytes,
          Bytes[],
          Bytes,
        ];
        const same: Transcript = { transcript, additions, domain, issuers };
        const unlike = founded.issuers.findIndex(({ edVk }, from) => !transcriptSignedBy(edVk, context, same, signatures[from]!));
        if (unlike >= 0) throw new CareletError('tampered', op, { because: `issuer ${unlike + 1} did not hear what this one heard` });
        // See [Note: Two attempts of before].
        const instead = before !== null && !before.retiring;
        if (instead && !published) throw organisation ? hasItsDomain() : hasItsServers();
        if (organisation) {
          const kept = secrets.seal(domainPlace(organisation), cbor([share, orgKey, pq]));
          await (instead ? takeInstead : takeIntoUse)(within, organisation, { public_key: domain, issuers, secret: kept });
        } else {
          const values = { servers: domain, secret: secrets.seal(sharePlace, share) };
          await within
            .insertInto('key_server')
            .values({ one: 1, ...values })
            .onConflict((c) => c.column('one').doUpdateSet(values))
            .execute();
        }
        await within.updateTable('generation').set({ made: null, left_behind: false }).where('context', '=', context).execute();
        const others = (await attemptsAt(within, town, organisation)).filter(({ attempt }) => attempt !== asked.attempt);
        await forgetUnsigned(within, others);
        return done();
      });
    },
  };
}

const hasItsServers = () => new CareletError('conflict', op, { because: 'this town has its key servers' });
const isOver = () => new CareletError('conflict', op, { because: 'this attempt is over here' });

/** Whether a manifest of this town that two issuers signed, and that follows from what this one signed last, names this key. */
async function isPublished(
  within: Transaction<IssuerTables>,
  { issuers, manifest: last }: Founded,
  bytes: Bytes,
  organisation: Bytes | null,
  key: Bytes,
): Promise<boolean> {
  const manifest = decodeManifest(bytes);
  const keys = issuers.map(({ edVk }) => edVk);
  const goesOn = manifest && (equalPublic(manifestHash(manifest), manifestHash(last)) || follows(last, manifest));
  if (!goesOn || !signedByTwo(manifest, keys)) return false;
  if (organisation) return namesKey(within, manifest, organisation, key);
  return manifest.keyServers !== undefined && equalPublic(manifest.keyServers, key);
}

async function nameOfDomain(within: Kysely<IssuerTables>, { town }: Founded, organisation: Bytes): Promise<string> {
  const { name } = await within
    .selectFrom('organisation')
    .select('name')
    .where('organisation', '=', organisation)
    .executeTakeFirstOrThrow();
  return `${town}/${name}/${hex(organisation)}`;
}

type Row = {
  readonly organisation: Bytes | null;
  readonly promise: Bytes;
  readonly dealt: Bytes | null;
  readonly promises: Bytes | null;
  readonly shown: Bytes | null;
  readonly outcome: Bytes | null;
  readonly made: Bytes | null;
  readonly left_behind?: boolean;
};

/** What an issuer says of its addition before it tells the others. */
const additionOf = (context: Bytes, from: number, added: Bytes): Bytes => hashOf('carelet/v1/issuer/addition', context, from, added);

const readPromises = ({ issuers }: Founded, context: Bytes, promises: readonly Bytes[]) =>
  issuers.map(({ edVk }, from) => {
    const promised = readPromise(edVk, context, from, promises[from]!);
    if (!promised) throw invalid(`what issuer ${from + 1} promised did not arrive as it was said`);
    return promised;
  });

function readShown(bytes: Bytes): Awaited<ReturnType<Steps['reveal']>> {
  const [opening, shares] = uncbor(bytes) as [Bytes, Bytes[]];
  return { opening, shares };
}
