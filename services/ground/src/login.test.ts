import { hex } from '@carelet/crypto/algebra/bytes';
import { sign, signingKey } from '@carelet/crypto/algebra/sign';
import { type Card, type CardKind, cardHash, cardLabel, cardParts, encodeCard, vouch } from '@carelet/crypto/cards/card';
import { encodeManifest, signManifest } from '@carelet/crypto/cards/manifest';
import { newCard } from '@carelet/crypto/cards/owner';
import { signRequest } from '@carelet/crypto/login/request';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { type Cards, type CardTables, cardMigrations, cards as cardsIn, clockSkew } from './login.ts';
import { freshDatabase, type TestDatabase } from './test-database.ts';
import { town } from './town.ts';

const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
const manifest = signManifest({ town: 'a town', serial: 1, issuers: issuers.map((key) => key.public), domains: [] }, issuers);
const start = Date.parse('2026-11-20T09:41:00Z');

let database: TestDatabase;
let db: Kysely<CardTables>;
let cards: Cards;
let now = start;

beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase<CardTables>({ url: database.url, schema: 'login', migrations: cardMigrations });
  cards = again();
});

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
});

/** The same service after a restart: it remembers what lies in its tables. */
const again = () =>
  cardsIn(
    db,
    town(async () => encodeManifest(manifest)),
    'cloud',
    () => now,
  );

type Keys = { card: Card; secrets: { edSk: Uint8Array } };
const person = (kind: CardKind): Keys => newCard(kind, start / 1000 + 86_400);
const present = (card: Card, ...others: Card[]) => cards.present(encodeCard(card), others.map(encodeCard));

/** A card that replaces another: signed with its own key and, by `approver`, with the one before. */
function replaced(
  { card, secrets }: Keys,
  { serial = card.serial + 1, kind = card.kind, prevHash = cardHash(card), approver = secrets.edSk } = {},
): Keys {
  const fresh = newCard(kind, card.expiry);
  const body = { ...fresh.card, id: card.id, serial, prevHash };
  const signed = { ...body, selfSignature: sign(fresh.secrets.edSk, cardLabel, cardParts(body)), vouchers: [] };
  return { card: vouch(signed, card.id, approver), secrets: fresh.secrets };
}

const body = new Uint8Array([1]);
const asked = { op: 'records.charts', body };
const signed = ({ card, secrets }: Keys, time = now / 1000) =>
  signRequest({ id: card.id, edSk: secrets.edSk }, { audience: 'cloud', ...asked }, Math.floor(time));
const identify = (by: Keys) => cards.identify({ ...asked, authorization: signed(by) });

const words = (card: Card, ...by: number[]) => by.reduce((one, issuer) => vouch(one, issuer, issuers[issuer]!.secret), card);
const vouched = (kind: CardKind): Keys => {
  const { card, secrets } = person(kind);
  return { card: words(card, 0, 1), secrets };
};

describe('a card', () => {
  test('is replaced by a later one that it vouches for, and its key is of no use from then on', async () => {
    const chen = vouched('doctor');
    await present(chen.card);
    expect((await identify(chen))?.kind).toBe('doctor');
    const later = replaced(chen);
    await present(words(later.card, 0, 1));
    expect((await identify(later))?.card.serial).toBe(2);
    await expect(identify(chen)).rejects.toMatchObject({ kind: 'denied' });
    await expect(present(chen.card)).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('is not replaced by whoever knows its number, not even with the issuers’ words', async () => {
    const chen = vouched('doctor');
    await present(chen.card);
    const ivy = person('doctor');
    const takeovers = [
      replaced(chen, { approver: ivy.secrets.edSk }),
      replaced(chen, { prevHash: cardHash(ivy.card) }),
      replaced(chen, { kind: 'administrator' }),
      replaced(chen, { serial: 1 }),
    ];
    for (const { card } of takeovers) await expect(present(words(card, 0, 1))).rejects.toMatchObject({ kind: 'denied' });
    expect((await identify(chen))?.card.serial).toBe(1);
  });

  test('of a patient has the number of its keys: nobody puts others under it', async () => {
    const ada = person('patient');
    await present(ada.card);
    for (const { card } of [replaced(ada), replaced(ada, { serial: 1 }), replaced(ada, { approver: person('patient').secrets.edSk })]) {
      await expect(present(card)).rejects.toMatchObject({ kind: 'denied' });
      await expect(again().present(encodeCard(card), [])).rejects.toMatchObject({ kind: 'denied' });
    }
    expect((await identify(ada))?.card.serial).toBe(1);
  });

  test('of a doctor stands by the words of two issuers, not of one, not of strangers', async () => {
    const chen = person('doctor').card;
    for (const card of [chen, words(chen, 0), words(chen, 1, 1), vouch(words(chen, 0), 1, issuers[2]!.secret)]) {
      await expect(present(card)).rejects.toMatchObject({ kind: 'denied' });
    }
    await present(words(chen, 0, 2));
    expect(await cards.byId([chen.id])).toHaveLength(1);
  });

  test('of a device stands by its patient’s word, and nobody else’s word takes its place', async () => {
    const [ada, ivy] = [person('patient'), person('patient')];
    const watch = person('device').card;
    await expect(present(watch, ada.card)).rejects.toMatchObject({ kind: 'denied' });
    for (const one of [ada, ivy]) await present(one.card);
    await present(vouch(watch, ada.card.id, ada.secrets.edSk));
    await present(vouch(watch, ivy.card.id, ivy.secrets.edSk));
    const [kept] = await cards.byId([watch.id]);
    expect(kept!.vouchers.map(({ by }) => hex(by as Uint8Array))).toEqual([hex(ada.card.id)]);
  });

  test('of a team stands by its organisation’s word, and asks for nothing: whoever was a member once has its keys', async () => {
    const northgate = vouched('organisation');
    const ward = person('team');
    const card = vouch(ward.card, northgate.card.id, northgate.secrets.edSk);
    await expect(present(card, northgate.card)).rejects.toMatchObject({ kind: 'denied' });
    await present(northgate.card);
    await present(card);
    await expect(identify(ward)).rejects.toMatchObject({ kind: 'denied', because: expect.stringMatching(/team/) });
  });

  test('that has expired is neither taken nor known', async () => {
    const ada = person('patient');
    await present(ada.card);
    now = start + 86_400_000;
    try {
      await expect(identify(ada)).rejects.toMatchObject({ kind: 'denied', because: expect.stringMatching(/^card:/) });
      await expect(present(person('patient').card)).rejects.toMatchObject({ kind: 'denied' });
    } finally {
      now = start;
    }
  });

  test('shown by two at the same moment is one card', async () => {
    const ada = person('patient');
    const twin = { ...person('patient').card, id: ada.card.id };
    const own = sign(person('patient').secrets.edSk, cardLabel, cardParts(twin));
    await Promise.all([present(ada.card), present(ada.card), again().present(encodeCard(ada.card), [])]);
    await expect(present({ ...twin, selfSignature: own })).rejects.toMatchObject({ kind: 'denied' });
    expect(await cards.byId([ada.card.id])).toHaveLength(1);
  });
});

describe('a request', () => {
  test('counts once, as long as its time would let it', async () => {
    const ada = person('patient');
    await present(ada.card);
    // The clock is as far ahead as it may be, so this request is in time for ten minutes.
    const authorization = signed(ada, now / 1000 + clockSkew);
    expect(await cards.identify({ ...asked, authorization })).not.toBeNull();
    try {
      for (let minutes = 0; minutes <= 10; minutes++) {
        now = start + minutes * 60_000;
        await identify(ada);
        await expect(cards.identify({ ...asked, authorization })).rejects.toMatchObject({ because: expect.stringMatching(/^replay/) });
      }
      now = start + 10 * 60_000 + 1000;
      await expect(cards.identify({ ...asked, authorization })).rejects.toMatchObject({ because: expect.stringMatching(/^clock/) });
    } finally {
      now = start;
    }
  });

  test('says in whose favour a clock is off, and by how much', async () => {
    const ada = person('patient');
    await present(ada.card);
    const reason = (off: number) => cards.identify({ ...asked, authorization: signed(ada, now / 1000 + off) });
    await expect(reason(86_400)).rejects.toMatchObject({ because: 'clock: your clock is 1440 minutes ahead of ours' });
    await expect(reason(-3600)).rejects.toMatchObject({ because: 'clock: your clock is 60 minutes behind ours' });
    await expect(reason(clockSkew)).resolves.not.toBeNull();
  });

  test('without an authorization is a stranger’s, and with a strange one nobody’s', async () => {
    expect(await cards.identify({ ...asked, authorization: null })).toBeNull();
    await expect(cards.identify({ ...asked, authorization: 'Basic YWRhOmFkYQ==' })).rejects.toMatchObject({ kind: 'invalid' });
  });
});
