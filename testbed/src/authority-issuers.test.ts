/**
 * What the authority and its three issuers keep and answer: whose secrets lie where, and what two of three are enough for.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorityContract } from '@carelet/authority/authority';
import { type AuthorityTables, migrations } from '@carelet/authority/schema';
import { connect } from '@carelet/care/wire';
import { type Bytes, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { openDatabase } from '@carelet/ground/database';
import type { Running } from '@carelet/ground/service';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import {
  approved,
  asking,
  claim,
  database,
  everything,
  held,
  inAuthority,
  invite,
  issue,
  issuers,
  keysOf,
  meet,
  northgate,
  person,
  policyAt,
  registered,
  reject,
  sam,
  service,
  standing,
  start,
  startOne,
} from './authority.testing.ts';
import { refusal } from './fixture.testing.ts';

inAuthority();

describe('secrets', () => {
  test('are not in any database: with another key file nothing of an issuer’s opens, and the authority has none', async () => {
    const other = mkdtempSync(join(tmpdir(), 'carelet-thief-'));
    try {
      await expect(startOne('issuer_one', other)).rejects.toMatchObject({ kind: 'cannot-open' });
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    const whole = await everything(db);
    const { sealed } = await northgate.authority.keys.writer();
    const context = cbor(['carelet/v1/enrolment/writer', northgate.card.id, sealed[0]!.issuer]);
    const [domain, orgKey, pq] = uncbor(openWith(northgate.secrets.hybridSk, context, sealed[0]!.sealed)!) as [Bytes, Bytes, Bytes];
    expect(whole).toContain(hex(domain));
    for (const secret of [orgKey, pq]) expect(whole).not.toContain(hex(secret));
    const { secret } = await db
      .selectFrom('domain')
      .select('secret')
      .where('organisation', '=', northgate.card.id)
      .executeTakeFirstOrThrow();
    expect(secret).toBeNull();
  });

  test('are the same after a restart', async () => {
    await using second = await start();
    const role = connect(authorityContract, { url: second.url });
    expect(await role.town.manifest()).toEqual(await sam.authority.town.manifest());
  });
});

describe('of three issuers', () => {
  type At = Running['fetch'];
  const away: At = async () => {
    throw new TypeError('fetch failed');
  };

  /** With an authority that meets these issuers, on the same tables. */
  async function meeting(at: readonly At[], story: () => Promise<void>): Promise<void> {
    const usual = service;
    meet(await start([...at]));
    try {
      await story();
    } finally {
      await service.close();
      meet(usual);
    }
  }

  test('two are enough for a doctor, whichever is away or says what is not its own', async () => {
    const [one, two, three] = issuers.map(({ fetch }) => fetch) as [At, At, At];
    for (const at of [
      [away, two, three],
      [one, away, three],
      [two, two, three],
    ]) {
      await meeting(at, async () => {
        const doctor = await approved();
        const [key] = await keysOf(doctor);
        expect(doctor.card.vouchers.length).toBe(2);
        expect(key!.parts.map(({ issuer }) => issuer)).not.toContain(at.findIndex((fetch, place) => fetch !== issuers[place]!.fetch));
        for (const part of key!.parts) expect(await held.fits(held.opened(doctor, northgate.card.id, part))).toBe(true);
      });
    }
  });

  test('one alone gives nothing, and all three are wanted for an administrator and for a domain', async () => {
    const [, two, three] = issuers.map(({ fetch }) => fetch) as [At, At, At];
    await meeting([away, away, three], async () => {
      const doctor = await approved();
      expect(await refusal(keysOf(doctor))).toBe('unavailable');
    });
    const code = await invite(sam);
    await meeting([away, two, three], async () => {
      expect(await refusal(claim(person('administrator'), code, 'Harbour Clinic'))).toBe('unavailable');
    });
    await claim(person('administrator'), code, 'Harbour Clinic');
  });

  test('one that was away when a doctor was turned down hears of it when it is back', async () => {
    const [, two, three] = issuers.map(({ fetch }) => fetch) as [At, At, At];
    const doctor = await registered();
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    const unheard = async () => (await db.selectFrom('unheard').selectAll().where('doctor', '=', doctor.card.id).execute()).length;
    await meeting([away, two, three], async () => {
      expect(await refusal(reject(asking(sam), doctor.card.id, 'no licence'))).toBe('ok');
    });
    expect(await unheard()).toBe(1);
    const other = await registered();
    await meeting([away, away, three], async () => {
      expect(await refusal(reject(asking(sam), other.card.id, 'no licence'))).toBe('unavailable');
    });
    await meeting(
      issuers.map(({ fetch }) => fetch),
      async () => {
        await expect.poll(unheard).toBe(0);
      },
    );
    const { rows } = await sql`select 1 from issuer_one.rejected where doctor = ${doctor.card.id}`.execute(db);
    expect(rows.length).toBe(1);
  });
});

test('making a key does not keep others waiting', async () => {
  // More than two hundred rows: a hundred milliseconds of curve arithmetic in one piece.
  const patients = Array.from({ length: 60 }, (_, i) => i.toString(16).padStart(32, '0'));
  const doctor = await approved(policyAt({ patients, from: '2026-09-25' }));
  const { card } = await standing(doctor);
  await doctor.authority.login.present({ card: card!, with: [] });
  const started = performance.now();
  let issued = false;
  const issuing = issue(doctor).finally(() => {
    issued = true;
  });
  let longest = 0;
  for (let last = started; !issued; last = performance.now()) {
    await sam.authority.town.state();
    longest = Math.max(longest, performance.now() - last);
  }
  expect((await issuing).keys.length).toBe(1);
  expect(longest).toBeLessThan(0.6 * (performance.now() - started));
});
