/**
 * Three issuers of one town, each with tables, key file and grants of its own, and the people they meet.
 */
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signAdmission } from '@carelet/crypto/cards/approval';
import { type Card, type CardKind, encodeCard } from '@carelet/crypto/cards/card';
import { invitationKey, newCode, signAcceptance, signInvitation } from '@carelet/crypto/cards/invitation';
import { readIssuerKeys } from '@carelet/crypto/cards/issuer';
import { type CardSecrets, newCard } from '@carelet/crypto/cards/owner';
import { openDatabase } from '@carelet/ground/database';
import { type Secrets, secrets as secretsUnder } from '@carelet/ground/secrets';
import { freshDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import type { Kysely } from 'kysely';
import { type IssuerRole, issuer } from './issuer.ts';
import { grantsIn, type KeptGrants } from './kdc.ts';
import type { IssuerMath } from './mathematics.ts';
import * as mathematics from './mathematics.ts';
import { type IssuerTables, migrations } from './schema.ts';

export type Person = { card: Card; readonly secrets: CardSecrets };
export type Word = Parameters<IssuerRole['enrolment']['organisation']>[0]['by'];
export type Administrator = Person & { readonly word: (signature: Bytes) => Word };

/** Which generation. */
export type Asked = { readonly organisation: Bytes | null; readonly attempt: number };

/** What was said in its first two steps. */
export type Said = {
  promises: Bytes[];
  shown: { opening: Bytes; shares: Bytes[] }[];
};

export const today = '2026-11-20';

/** The three as they are after a first start: founded as a town, with two administrators of two organisations. */
export async function openCast() {
  const database = await freshDatabase();
  const tables: Kysely<IssuerTables>[] = [];
  for (const name of ['one', 'two', 'three']) {
    tables.push(await openDatabase<IssuerTables>({ url: database.url, schema: `issuer_${name}`, migrations, connections: 2 }));
  }
  const keyFiles: Secrets[] = [0, 1, 2].map(() => secretsUnder(systemRandom(32)));
  const folders = [0, 1, 2].map(() => join(temporaryFolder(), 'grants'));
  /** What each keeps as a key server. */
  const kept: KeptGrants[] = [];
  /** UTC seconds. */
  const clock = { now: Date.parse(`${today}T09:41:00Z`) / 1000 };

  /** An issuer as it is after a restart: with nothing but its tables, its key file and its grants. */
  const started = async (place: number, math: IssuerMath = mathematics): Promise<IssuerRole> => {
    kept[place] = await grantsIn(folders[place]!, keyFiles[place]!);
    const around = { db: tables[place]!, secrets: keyFiles[place]!, grants: kept[place]!, mathematics: math };
    return issuer({ ...around, title: `issuer ${place + 1}`, clock: () => clock.now * 1000 });
  };

  const roles = await Promise.all([0, 1, 2].map((place) => started(place)));
  const introductions = await Promise.all(roles.map(async (role) => (await role.town.keys()).keys));
  const signing = introductions.map((bytes) => readIssuerKeys(bytes)!.edVk);
  for (const role of roles) await role.town.found({ town: 'a town', issuers: introductions });

  const person = (kind: CardKind): Person => newCard(kind, clock.now + 10 * 365 * 86_400);

  /** Somebody with a code becomes an administrator, at all three or at some. */
  async function administrator(organisation: string, by: readonly Administrator[], at = roles): Promise<Administrator> {
    const who = person('administrator');
    const { public: key, secret } = invitationKey(newCode());
    const invitation = {
      key,
      acceptance: signAcceptance(secret, who.card, organisation),
      by: by.map((one) => one.word(signInvitation(one.secrets.edSk, key))),
    };
    const said = await Promise.all(
      at.map((role) => role.enrolment.administrator({ card: encodeCard(who.card), organisation, invitation })),
    );
    const card = { ...who.card, vouchers: said.map(({ voucher: signature }, place) => ({ by: place, signature })) };
    const office = said.map(({ office: signature }, place) => ({ issuer: place, signature }));
    return { card, secrets: who.secrets, word: (signature) => ({ card: encodeCard(card), organisation, office, signature }) };
  }

  /** An organisation that all three know, without a domain yet. */
  async function admitted(name: string, at = roles): Promise<Person> {
    const place = person('organisation');
    const by = sam.word(signAdmission(sam.secrets.edSk, place.card, name));
    const said = await Promise.all(at.map((role) => role.enrolment.organisation({ card: encodeCard(place.card), name, by })));
    place.card = { ...place.card, vouchers: said.map(({ voucher: signature }, i) => ({ by: i, signature })) };
    return place;
  }

  /** The first two steps of a generation. */
  async function said(asked: Asked, at = roles): Promise<Said> {
    const promises = (await Promise.all(at.map((role) => role.generation.promise(asked)))).map(({ promise }) => promise);
    return { promises, shown: await Promise.all(at.map((role) => role.generation.reveal({ ...asked, promises }))) };
  }

  const concluded = (asked: Asked, { shown }: Said, at = roles) =>
    Promise.all(
      at.map((role, to) =>
        role.generation.conclude({
          ...asked,
          openings: shown.map(({ opening }) => opening),
          shares: shown.map(({ shares }) => shares[to]!),
        }),
      ),
    );

  /** A whole generation. */
  async function made({ card }: Person, at = roles): Promise<Bytes> {
    const asked = { organisation: card.id, attempt: 1 };
    const outcomes = await concluded(asked, await said(asked, at), at);
    const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
    const confirmed = await Promise.all(at.map((role) => role.generation.confirm({ ...asked, signatures })));
    return confirmed[0]!.domain;
  }

  const sam = await administrator('Harbour Clinic', []);
  const mara = await administrator('Medical Board', [sam]);
  return {
    ...{ tables, keyFiles, folders, kept, clock, roles, introductions, signing, sam, mara },
    ...{ started, person, administrator, admitted, said, concluded, made },
    [Symbol.asyncDispose]: async () => {
      for (const db of tables) await db.destroy();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** As what a promise is refused; `ok` where it is not. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'ok';
  } catch (thrown) {
    return thrown instanceof CareletError ? thrown.kind : String(thrown);
  }
}

export const flipped = (bytes: Bytes): Bytes => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte));
