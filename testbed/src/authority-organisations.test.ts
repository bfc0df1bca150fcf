/**
 * Administrators, their invitations and offices, and the organisations they admit, at the authority.
 */
import { type AuthorityTables, migrations } from '@carelet/authority/schema';
import { cbor, hex } from '@carelet/crypto/algebra/bytes';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { invitationKey, signInvitation } from '@carelet/crypto/cards/invitation';
import { officeStands } from '@carelet/crypto/cards/issuer';
import { decodeManifest } from '@carelet/crypto/cards/manifest';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { openDatabase } from '@carelet/ground/database';
import { describe, expect, test } from 'vitest';
import {
  admit,
  approved,
  claim,
  database,
  everything,
  inAuthority,
  invite,
  mara,
  northgate,
  person,
  registered,
  sam,
  service,
  under,
} from './authority.testing.ts';
import { refusal } from './fixture.testing.ts';

inAuthority();

test('an administrator is told for which organisation she signs, and nobody else is told anything', async () => {
  const { organisation, words } = await mara.authority.enrolment.office();
  expect(organisation).toBe('Medical Board');
  const { issuers: keys } = decodeManifest((await mara.authority.town.manifest()).manifest)!;
  expect(officeStands(keys, mara.card, organisation, words)).toBe(true);
  // Nobody signs for an organisation that keeps records here: whom a doctor in an emergency would tell why.
  expect((await mara.authority.enrolment.reviewers({ organisation: northgate.card.id })).administrators).toEqual([]);
  for (const who of [northgate, await registered(), person('administrator'), person('patient')]) {
    expect(await refusal(who.authority.enrolment.office())).toBe('denied');
  }
});

describe('an invitation', () => {
  test('makes one administrator, once', async () => {
    const code = await invite(sam);
    const [one, two] = [person('administrator'), person('administrator')];
    const outcomes = await Promise.all([one, two].map((who) => refusal(claim(who, code, 'Harbour Clinic'))));
    expect(outcomes.sort()).toEqual(['denied', 'ok']);
    expect(await refusal(claim(person('administrator'), code, 'Harbour Clinic'))).toBe('denied');
    expect(await refusal(claim(person('administrator'), `${code.slice(0, -1)}0`, 'Harbour Clinic'))).toBe('denied');
    expect(await refusal(claim(person('administrator'), '', 'Harbour Clinic'))).toBe('denied');
    expect(await service.firstInvitation()).toBeNull();
  });

  test('is not spent by a card under somebody else’s number, and makes nobody somebody else', async () => {
    const code = await invite(sam);
    const thief = person('administrator');
    await northgate.authority.login.present({ card: encodeCard(northgate.card), with: [] });
    expect(await refusal(claim({ ...thief, card: under(northgate.card, 'administrator', 1) }, code, 'Nowhere'))).toBe('invalid');
    expect(await refusal(claim({ ...thief, card: under(northgate.card, 'administrator', 2) }, code, 'Nowhere'))).toBe('invalid');
    expect(await refusal(claim({ ...thief, card: person('patient').card }, code, 'Nowhere'))).toBe('invalid');
    await claim(thief, code, 'Harbour Clinic');
    await invite(thief);
  });

  test('into an organisation without administrators is signed by two of two others', async () => {
    const code = await invite(sam);
    expect(await refusal(claim(person('administrator'), code, 'Ivy’s Board'))).toBe('denied');
    const { public: invitation } = invitationKey(code);
    await mara.authority.enrolment.invite({ invitation, signature: signInvitation(mara.secrets.edSk, invitation) });
    await claim(person('administrator'), code, 'Larkfield Hospital');
    expect(await refusal(claim(person('administrator'), await invite(sam), 'Medical Board'))).toBe('denied');
  });

  test('lies in the database as its public half only', async () => {
    const code = await invite(sam);
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    const kept = await db.selectFrom('invitation').selectAll().execute();
    expect(kept.map(({ invitation }) => hex(invitation))).toContain(hex(invitationKey(code).public));
    const whole = await everything(db);
    for (const secret of [code.replaceAll('-', ''), hex(invitationKey(code).secret)]) expect(whole).not.toContain(secret);
  });
});

describe('an organisation', () => {
  test('gets what it seals with, locked to its own card; nobody else gets any', async () => {
    const { sealed } = await northgate.authority.keys.writer();
    const contents = sealed.map(({ issuer, sealed: bytes }) => {
      const context = cbor(['carelet/v1/enrolment/writer', northgate.card.id, issuer]);
      expect(openWith(sam.secrets.hybridSk, context, bytes)).toBeNull();
      return openWith(northgate.secrets.hybridSk, context, bytes)!;
    });
    expect(contents.length).toBe(2);
    expect(contents[0]).toEqual(contents[1]);
    for (const who of [sam, person('patient'), await approved()]) expect(await refusal(who.authority.keys.writer())).toBe('denied');
  });

  test('enrols once under its name; again with its card it is the same one', async () => {
    const again = await admit(sam, { ...northgate.card, vouchers: [] }, 'Northgate Hospital');
    expect(decodeCard(again.card)!.id).toEqual(northgate.card.id);
    const before = decodeManifest((await sam.authority.town.manifest()).manifest)!;
    const copy = person('organisation');
    expect(await refusal(admit(sam, under(northgate.card, 'organisation', 2), 'Another Hospital'))).toBe('invalid');
    expect(await refusal(admit(sam, copy.card, 'Northgate Hospital'))).toBe('conflict');
    expect(decodeManifest((await sam.authority.town.manifest()).manifest)).toEqual(before);
  });
});
