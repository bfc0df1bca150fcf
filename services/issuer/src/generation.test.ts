/**
 * Three issuers make a domain together, and none of them, nor whoever carries their words, has it otherwise.
 */
import { type Bytes, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signAdmission } from '@carelet/crypto/cards/approval';
import { encodeCard } from '@carelet/crypto/cards/card';
import { afterAll, describe, expect, test } from 'vitest';
import { flipped, openCast, refusal } from './issuer.testing.ts';
import type { IssuerRole } from './issuer.ts';
import type { IssuerMath } from './mathematics.ts';
import * as mathematics from './mathematics.ts';

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

/** A dealing whose share for one of them is another's. */
const withShare = (dealt: mathematics.Dealt, to: number): mathematics.Dealt => ({
  ...dealt,
  shares: dealt.shares.map((share, i) => (i === to ? dealt.shares[(i + 1) % 3]! : share)),
});
