/**
 * Three issuers make a domain together, and none of them, nor whoever carries their words, has it otherwise.
 */
import { type Bytes, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { signAdmission } from '@carelet/crypto/cards/approval';
import { encodeCard } from '@carelet/crypto/cards/card';
import {
  decodeManifest,
  encodeManifest,
  foundingHash,
  type Manifest,
  type ManifestBody,
  signManifest,
} from '@carelet/crypto/cards/manifest';
import { afterAll, describe, expect, test } from 'vitest';
import { contextOf } from './attempts.ts';
import { identityIn } from './identity.ts';
import { type Asked, flipped, openCast, refusal } from './issuer.testing.ts';
import type { IssuerRole } from './issuer.ts';
import type { IssuerMath } from './mathematics.ts';
import * as mathematics from './mathematics.ts';
import { sayPromise } from './messages.ts';

const cast = await openCast();
const { admitted, concluded, keyFiles, made, person, roles, said, sam, started, tables } = cast;
afterAll(() => cast[Symbol.asyncDispose]());

describe('a generation', () => {
  test('goes on where it was when an issuer has fallen, and says the same again', async () => {
    const { card } = await admitted('Fallen Hospital');
    const asked = { organisation: card.id, attempt: 1 };
    const first = await said(asked);
    const again = await Promise.all([0, 1, 2].map((place) => started(place)));
    expect(await said(asked, again)).toEqual(first);
    const outcomes = await concluded(asked, first, again);
    expect(await concluded(asked, first)).toEqual(outcomes);
    const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
    for (const role of [...roles, ...roles]) expect(await refusal(role.generation.confirm({ ...asked, signatures }))).toBe('ok');
    expect(await refusal(roles[0]!.generation.promise({ ...asked, attempt: 2 }))).toBe('conflict');
    const rows = await tables[0]!.selectFrom('generation').selectAll().where('organisation', '=', card.id).execute();
    expect(rows.map(({ dealt, made }) => [dealt, made])).toEqual([[null, null]]);
  });

  test('names an issuer that lies: a share that does not fit, an opening it did not promise', async () => {
    const lies: IssuerMath[] = [
      { ...mathematics, deal: async (...given) => withShare(await mathematics.deal(...given), 0) },
      {
        ...mathematics,
        deal: async (context, place) => ({ ...(await mathematics.deal(context, place)), promise: systemRandom(32) }),
      },
      {
        ...mathematics,
        deal: async (context, place) => {
          const [one, two] = [await mathematics.deal(context, place), await mathematics.deal(context, place)];
          return { ...one, shares: two.shares };
        },
      },
    ];
    for (const [i, lie] of lies.entries()) {
      const { card } = await admitted(`Lied To Hospital ${i}`);
      const at = [roles[0]!, await started(1, lie), roles[2]!];
      const asked = { organisation: card.id, attempt: 1 };
      const outcomes = await concluded(asked, await said(asked, at));
      expect(outcomes[0]).toMatchObject({ kind: 'blame', issuer: 1 });
      // It ends there for all: nobody confirms what one of them did not sign.
      const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
      for (const role of roles) expect(await refusal(role.generation.confirm({ ...asked, signatures }))).not.toBe('ok');
      expect(await tables[2]!.selectFrom('domain').selectAll().where('organisation', '=', card.id).execute()).toEqual([]);
    }
  });

  test('is not changed by whoever carries it', async () => {
    const { card } = await admitted('Carried Hospital');
    const asked = { organisation: card.id, attempt: 1 };
    const [role] = roles as [IssuerRole];
    const { promises } = await said(asked);
    // Other promises after this issuer has shown its opening, even well signed ones of another attempt.
    const { card: other } = await admitted('Another Carried Hospital');
    const foreign = await said({ organisation: other.id, attempt: 1 });
    const swapped = [promises[0]!, foreign.promises[1]!, promises[2]!];
    expect(await refusal(role.generation.reveal({ ...asked, promises: swapped }))).toBe('invalid');
    const { shown } = await said(asked);
    for (const [openings, shares] of [
      [[shown[0]!.opening, foreign.shown[1]!.opening, shown[2]!.opening], shown.map((one) => one.shares[0]!)],
      [shown.map(({ opening }) => opening), [shown[0]!.shares[0]!, shown[1]!.shares[1]!, shown[2]!.shares[0]!]],
      [shown.map(({ opening }) => opening), [shown[0]!.shares[0]!, flipped(shown[1]!.shares[0]!), shown[2]!.shares[0]!]],
    ] as [Bytes[], Bytes[]][]) {
      expect(await refusal(role.generation.conclude({ ...asked, openings, shares }))).toBe('invalid');
    }
    const outcomes = await concluded(asked, { promises, shown });
    const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
    expect(await refusal(role.generation.confirm({ ...asked, signatures: [signatures[1]!, signatures[0]!, signatures[2]!] }))).toBe(
      'tampered',
    );
    expect(await refusal(role.generation.confirm({ ...asked, signatures }))).toBe('ok');
  });

  test('is not begun for an organisation that nobody admitted', async () => {
    expect(await refusal(roles[0]!.generation.promise({ organisation: new Uint8Array(16), attempt: 1 }))).toBe('denied');
    const place = person('organisation');
    const card = encodeCard(place.card);
    const by = sam.word(signAdmission(person('administrator').secrets.edSk, place.card, 'Ivy’s Hospital'));
    expect(await refusal(roles[0]!.enrolment.organisation({ card, name: 'Ivy’s Hospital', by }))).toBe('denied');
  });

  test('gives each a share of a secret that nobody has, and one label key and K_pq to all', async () => {
    const place = await admitted('Shared Hospital');
    await made(place);
    const contents = await Promise.all(
      tables.map(async (db, i) => {
        const { secret } = await db
          .selectFrom('domain')
          .select('secret')
          .where('organisation', '=', place.card.id)
          .executeTakeFirstOrThrow();
        return uncbor(keyFiles[i]!.open(`issuer/domain/${hex(place.card.id)}`, secret)) as Bytes[];
      }),
    );
    expect(new Set(contents.map(([share]) => hex(share!))).size).toBe(3);
    expect(new Set(contents.map(([, orgKey, pq]) => hex(orgKey!) + hex(pq!))).size).toBe(1);
  });
});

describe('attempts', () => {
  const places = [0, 1, 2];
  const signaturesOf = (outcomes: Awaited<ReturnType<typeof concluded>>) =>
    outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
  const promise = (place: number, asked: Asked, heard?: Bytes[]) => roles[place]!.generation.promise({ ...asked, ...(heard && { heard }) });
  const confirm = (place: number, asked: Asked, signatures: Bytes[], manifest?: Bytes) =>
    roles[place]!.generation.confirm({ ...asked, signatures, ...(manifest && { manifest }) });
  const standings = (organisation: Bytes | null) => Promise.all(roles.map((role) => role.generation.standing({ organisation })));
  const rowsAt = (place: number, organisation: Bytes | null) =>
    tables[place]!.selectFrom('generation')
      .selectAll()
      .where('organisation', organisation ? '=' : 'is', organisation)
      .orderBy('attempt')
      .execute();
  const keysInUse = (organisation: Bytes) =>
    Promise.all(
      tables.map(async (db) => {
        const row = await db.selectFrom('domain').select('public_key').where('organisation', '=', organisation).executeTakeFirst();
        return row && hex(row.public_key);
      }),
    );
  /** What an issuer keeps sealed of the attempts at a domain, but for what it uses. */
  const secretsAt = async (place: number, organisation: Bytes | null) => {
    const rows = await rowsAt(place, organisation);
    return rows.flatMap(({ attempt, dealt, made }) => (dealt || made ? [attempt] : []));
  };
  const edSkOf = async (place: number) => (await identityIn(tables[place]!, keyFiles[place]!)).edSk;

  test('are one at a time: no carrier has a second one made once an issuer has shown what it promised', async () => {
    const { card } = await admitted('Twice Made Hospital');
    const [asked, second] = [1, 2].map((attempt) => ({ organisation: card.id, attempt })) as [Asked, Asked];
    const others = async () => {
      for (const place of places) expect(await refusal(promise(place, second))).toBe('conflict');
    };
    const first = await said(asked);
    await others();
    // What others promised in this attempt, or in that one of another organisation, is no word that they left it.
    const { card: other } = await admitted('Another Twice Made Hospital');
    const foreign = await said({ ...second, organisation: other.id });
    for (const heard of [first.promises, foreign.promises]) expect(await refusal(promise(0, second, heard))).toBe('conflict');
    const signatures = signaturesOf(await concluded(asked, first));
    await others();
    // Two of them take it into use, then everything falls.
    for (const place of [0, 1]) await confirm(place, asked, signatures);
    for (const place of places) roles[place] = await started(place);
    await others();
    expect(await standings(card.id)).toEqual([
      { used: 1, next: 2 },
      { used: 1, next: 2 },
      { used: null, next: 1 },
    ]);
    await confirm(2, asked, signatures);
    expect(new Set(await keysInUse(card.id)).size).toBe(1);
    await others();
  });

  test('begin at the number the farthest says; what was dealt before, and never shown, is gone', async () => {
    const { card } = await admitted('Uneven Hospital');
    const at = (attempt: number): Asked => ({ organisation: card.id, attempt });
    await promise(0, at(5));
    await promise(1, at(7));
    expect((await standings(card.id)).map(({ next }) => next)).toEqual([5, 7, 1]);
    expect(await refusal(promise(1, at(6)))).toBe('conflict');
    expect(await refusal(promise(2, at(1001)))).toBe('conflict');
    await concluded(at(7), await said(at(7)));
    expect((await rowsAt(0, card.id)).map(({ attempt }) => attempt)).toEqual([7]);
    expect(await refusal(promise(0, at(5)))).toBe('conflict');
  });

  test('that ended in blame are left by whoever named the liar, and by the others on its word; what they had of it is gone', async () => {
    const { card } = await admitted('Blamed Hospital');
    const [asked, second] = [1, 2].map((attempt) => ({ organisation: card.id, attempt })) as [Asked, Asked];
    const liar = await started(1, { ...mathematics, deal: async (...given) => withShare(await mathematics.deal(...given), 0) });
    const outcomes = await concluded(asked, await said(asked, [roles[0]!, liar, roles[2]!]));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['blame', 'made', 'made']);
    for (const place of [1, 2]) expect(await refusal(promise(place, second))).toBe('conflict');
    const { promise: word } = await promise(0, second);
    // Said in the name of another it is no word of his.
    expect(await refusal(promise(2, second, [flipped(word)]))).toBe('conflict');
    for (const place of [1, 2]) await promise(place, second, [word]);
    expect(await refusal(promise(0, asked))).toBe('ok');
    const signatures = signaturesOf(await concluded(second, await said(second)));
    for (const place of places) {
      await confirm(place, second, signatures);
      expect(await secretsAt(place, card.id)).toEqual([]);
    }
    expect(await refusal(confirm(1, asked, signaturesOf(outcomes)))).toBe('conflict');
    expect(new Set(await keysInUse(card.id)).size).toBe(1);
  });

  test('begin anew where an issuer forgot what it promised, as after a backup', async () => {
    const { card } = await admitted('Forgotten Hospital');
    const [asked, second] = [1, 2].map((attempt) => ({ organisation: card.id, attempt })) as [Asked, Asked];
    const { promises } = await said(asked);
    await tables[1]!.deleteFrom('generation').where('organisation', '=', card.id).execute();
    expect(await refusal(said(asked))).toBe('conflict');
    const { promise: again } = await promise(1, asked);
    expect(await refusal(promise(0, second, promises))).toBe('conflict');
    const { promise: word } = await promise(0, second, [again]);
    for (const place of [1, 2]) await promise(place, second, [word]);
    const signatures = signaturesOf(await concluded(second, await said(second)));
    for (const place of places) await confirm(place, second, signatures);
    expect(new Set(await keysInUse(card.id)).size).toBe(1);
  });

  test('that all signed are taken into use also by one that was told to leave, unless it signed a later one', async () => {
    const { card } = await admitted('Left Hospital');
    const [asked, second] = [1, 2].map((attempt) => ({ organisation: card.id, attempt })) as [Asked, Asked];
    const signatures = signaturesOf(await concluded(asked, await said(asked)));
    await confirm(0, asked, signatures);
    // The third signed it, and says that it goes on with another.
    const wordOf = async (organisation: Bytes) =>
      sayPromise(await edSkOf(2), contextOf(await town(), organisation, 2), 2, { promise: systemRandom(32), addition: systemRandom(32) });
    const leaving = await wordOf(card.id);
    await promise(1, second, [leaving]);
    expect(await refusal(promise(0, second, [leaving]))).toBe('conflict');
    await confirm(1, asked, signatures);
    const [one, two] = await keysInUse(card.id);
    expect([one, await secretsAt(1, card.id)]).toEqual([two, []]);

    const { card: other } = await admitted('Left For Good Hospital');
    const [before, after] = [1, 2].map((attempt) => ({ organisation: other.id, attempt })) as [Asked, Asked];
    const early = signaturesOf(await concluded(before, await said(before)));
    const { promise: hers } = await promise(0, after, [await wordOf(other.id)]);
    for (const place of [1, 2]) await promise(place, after, [hers]);
    const late = signaturesOf(await concluded(after, await said(after)));
    for (const place of places) expect(await refusal(confirm(place, before, early))).toBe('conflict');
    for (const place of places) await confirm(place, after, late);
    expect(new Set(await keysInUse(other.id)).size).toBe(1);
  });

  const town = async () =>
    foundingHash(decodeManifest((await tables[0]!.selectFrom('town').select('last').executeTakeFirstOrThrow()).last)!);

  /** A first attempt and a second that all have signed, as issuers left them that did not count. */
  async function twoOfBefore(organisation: Bytes | null) {
    const [first, second] = [1, 2].map((attempt) => ({ organisation, attempt })) as [Asked, Asked];
    const one = await concluded(first, await said(first));
    const aside = await Promise.all(places.map((place) => rowsAt(place, organisation)));
    for (const db of tables)
      await db
        .deleteFrom('generation')
        .where('organisation', organisation ? '=' : 'is', organisation)
        .execute();
    const two = await concluded(second, await said(second));
    for (const place of places) {
      await tables[place]!.insertInto('generation').values(aside[place]!).execute();
      await tables[place]!.updateTable('generation')
        .set({ attempt: null })
        .where('organisation', organisation ? '=' : 'is', organisation)
        .execute();
    }
    const keyOf = ([outcome]: typeof one) => (outcome!.kind === 'made' ? outcome!.domain : new Uint8Array());
    return { first, second, early: signaturesOf(one), late: signaturesOf(two), keys: [keyOf(one), keyOf(two)] as const };
  }

  const manifestOf = async (body: Partial<ManifestBody>, ...by: number[]) => {
    const { last } = await tables[0]!.selectFrom('town').select('last').executeTakeFirstOrThrow();
    const { signatures: _, ...before } = decodeManifest(last)!;
    const secrets = await Promise.all(by.map(async (issuer) => ({ issuer, secret: await edSkOf(issuer) })));
    return signManifest({ ...before, serial: before.serial + 1, ...body }, secrets);
  };
  const signs = (place: number, manifest: Manifest) =>
    refusal(roles[place]!.town.sign({ manifest: encodeManifest(manifest), witnesses: [], emergencies: [] }));

  test.each(['a domain', 'the key servers'])(
    'of before, one confirmed by two and one by the third, end with %s that all have',
    async (of) => {
      const organisation = of === 'a domain' ? (await admitted('Torn Hospital')).card.id : null;
      const { first, second, early, late, keys } = await twoOfBefore(organisation);
      for (const place of [0, 1]) await confirm(place, first, early);
      await confirm(2, second, late);
      for (const place of places) roles[place] = await started(place);
      expect((await standings(organisation)).map(({ used }) => used)).toEqual([1, 1, 2]);
      const named = (key: Bytes): Partial<ManifestBody> =>
        organisation ? { domains: [{ organisation, name: 'Torn Hospital', publicKey: key }] } : { keyServers: key };

      // Nobody takes another's in the place of its own by a carrier's word, one issuer's, or that of a manifest that names neither.
      const strangers = await Promise.all([0, 1].map(async (issuer) => ({ issuer, secret: signingKey().secret })));
      const { signatures: _, ...body } = await manifestOf(named(keys[0]));
      for (const manifest of [
        undefined,
        await manifestOf(named(keys[0]), 0),
        signManifest(body, strangers),
        await manifestOf(named(keys[1]), 0, 1),
        await manifestOf({}, 0, 1),
        await manifestOf({ ...named(keys[0]), town: 'another town' }, 0, 1),
      ]) {
        expect(await refusal(confirm(2, first, early, manifest && encodeManifest(manifest)))).toBe('conflict');
      }
      expect(await refusal(confirm(0, second, late))).toBe('conflict');

      const published = await manifestOf(named(keys[0]), 0, 1);
      expect(await Promise.all(places.map((place) => signs(place, published)))).toEqual(['ok', 'ok', 'denied']);
      const instead = () => confirm(2, first, early, encodeManifest(published));
      expect(await refusal(confirm(2, first, late, encodeManifest(published)))).toBe('tampered');
      expect(await instead()).toEqual({ domain: keys[0] });
      expect(await instead()).toEqual({ domain: keys[0] });

      // One key, of which each has a share of its own; of the other nobody has any.
      if (organisation) {
        expect(new Set(await keysInUse(organisation))).toEqual(new Set([hex(keys[0])]));
        for (const place of places) {
          const row = await tables[place]!.selectFrom('domain')
            .selectAll()
            .where('organisation', '=', organisation)
            .executeTakeFirstOrThrow();
          const [share] = uncbor(keyFiles[place]!.open(`issuer/domain/${hex(organisation)}`, row.secret)) as [Bytes];
          expect(await mathematics.holdsShare(row.public_key, row.issuers, share, place)).toBe(true);
        }
      } else {
        const rows = await Promise.all(tables.map((db) => db.selectFrom('key_server').selectAll().execute()));
        expect(rows.map((all) => all.map(({ servers }) => hex(servers)))).toEqual(places.map(() => [hex(keys[0])]));
      }
      for (const place of places) {
        expect(await secretsAt(place, organisation)).toEqual([]);
        const over = (await rowsAt(place, organisation)).filter(({ left_behind }) => left_behind);
        expect(over.map(({ shown }) => shown)).toEqual([null]);
      }
      // And nobody is brought back, whoever signs.
      const other = await manifestOf(named(keys[1]), 0, 1);
      for (const place of places) {
        expect(await refusal(confirm(place, second, late, encodeManifest(other)))).toBe('conflict');
        expect(await signs(place, other)).toBe('denied');
      }
      expect(await signs(2, published)).toBe('ok');
    },
  );
});

/** A dealing whose share for one of them is another's. */
const withShare = (dealt: mathematics.Dealt, to: number): mathematics.Dealt => ({
  ...dealt,
  shares: dealt.shares.map((share, i) => (i === to ? dealt.shares[(i + 1) % 3]! : share)),
});
