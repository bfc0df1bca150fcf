/**
 * The portal’s house: keyrings that open it, and drawers in which it keeps what it saw.
 */
import { mathematicsHere } from '@carelet/client/mathematics';
import { cbor, utf8 } from '@carelet/crypto/algebra/bytes';
import { encodeManifest } from '@carelet/crypto/cards/manifest';
import { memoryStore } from '@carelet/portal/house';
import { describe, expect, test } from 'vitest';
import { refusal } from './fixture.testing.ts';
import { ada, ben, chen, fileOf, houseWith, idOf, ids, inside, inTown, map, northgate, passphrase, stage } from './house.testing.ts';

inTown();

describe('a keyring', () => {
  test('opens for its passphrase; whatever else is tried is refused in the same words', async () => {
    const house = houseWith();
    const file = await fileOf(ada);
    const changed = file.map((byte, i) => (i === file.length - 1 ? byte ^ 1 : byte));
    const attempts = [
      [file, 'lantern step'],
      [changed, passphrase],
      ['ada', passphrase],
      [file, ''],
    ] as const;
    for (const [from, tried] of attempts) {
      await expect(house.unlock(from, tried, true)).rejects.toMatchObject({
        kind: 'cannot-open',
        message: 'Cannot unlock keyring: wrong passphrase, or the file was changed',
      });
    }
    // A file that is none is told from one that is locked: no passphrase would help.
    expect(await refusal(house.unlock(utf8('no keyring'), passphrase, true))).toBe('invalid');
    expect(await house.resting()).toEqual([]);
    expect(await refusal(house.patients())).toBe('denied');
    expect(await house.unlock(file, passphrase, true)).toMatchObject({ door: 'patient', title: 'ada', name: 'ada', kept: true });
    expect(await house.resting()).toEqual([{ name: 'ada', title: 'ada', door: 'patient' }]);
    await house.lock();
    expect(await refusal(house.patients())).toBe('denied');
    expect((await house.unlock('ada', passphrase, true)).number).toBe(idOf(ada).replace(/(.{4})(?=.)/g, '$1 '));
    await house.forget('ada');
    expect(await house.resting()).toEqual([]);
  });

  test('that is not to be kept leaves nothing behind', async () => {
    const store = memoryStore();
    const house = houseWith(store);
    await house.unlock(await fileOf(ada), passphrase, false);
    await house.overview(idOf(ada));
    await house.lookedAt(idOf(ada));
    await house.keyringFile();
    await house.lock();
    expect(await store.keyrings()).toEqual([]);
    expect(await store.drawer(idOf(ada))).toBeNull();
  });

  test('never takes the place of another of the same name', async () => {
    const house = houseWith();
    const other = stage.patient('ada');
    await house.unlock(await fileOf(ada), passphrase, true);
    await house.unlock(await fileOf(other), passphrase, true);
    expect((await house.resting()).map(({ name }) => name)).toEqual(['ada', 'ada-2']);
    expect((await house.unlock('ada', passphrase, true)).number).toBe(idOf(ada).replace(/(.{4})(?=.)/g, '$1 '));
    expect((await house.unlock('ada-2', passphrase, true)).number).toBe(idOf(other).replace(/(.{4})(?=.)/g, '$1 '));
    await house.unlock(await fileOf(other), passphrase, true);
    expect((await house.resting()).length).toBe(2);
  });

  test('that is taken out of the browser while it is open leaves no drawer', async () => {
    const store = memoryStore();
    const house = await inside(ada, store);
    await house.lookedAt(idOf(ada));
    await house.forget('ada');
    await house.lock();
    expect(await store.keyrings()).toEqual([]);
    expect(await store.drawer(idOf(ada))).toBeNull();
  });

  test('of an organisation opens no door', async () => {
    const house = houseWith();
    expect(await refusal(house.unlock(await fileOf(northgate.keyring), passphrase, true))).toBe('denied');
    expect(await house.resting()).toEqual([]);
  });
});

describe('a drawer', () => {
  test('saves the pairing the next time, and shows nobody what is in it', async () => {
    const store = memoryStore();
    let openings = 0;
    const counting = {
      ...mathematicsHere,
      openPolicies: (jobs: Parameters<typeof mathematicsHere.openPolicies>[0]) => {
        openings += jobs.length;
        return mathematicsHere.openPolicies(jobs);
      },
    };
    // A keyring that never saw a key: what it has later comes from the authority, or out of the drawer.
    const doctor = await stage.doctor('Dr Petrova', { at: northgate, kinds: ['laboratory'], parts: ['MI'] });
    const house = await inside({ ...doctor, doctorKeys: [], opened: {} }, store, { mathematics: counting });
    await house.overview(idOf(ada));
    await house.lookedAt(idOf(ada));
    await house.lock();
    expect(openings).toBeGreaterThan(0);
    const sealed = (await store.drawer(idOf(doctor)))!;
    for (const told of [
      ...doctor.doctorKeys[0]!.factors,
      doctor.doctorKeys[0]!.pq,
      doctor.secrets.edSk,
      utf8(idOf(ada)),
      utf8('laboratory'),
      encodeManifest(doctor.manifest),
    ]) {
      expect(Buffer.from(sealed).includes(Buffer.from(told))).toBe(false);
    }
    openings = 0;
    await house.unlock(doctor.name, passphrase, true);
    expect(await ids(house, idOf(ada))).toEqual(['blood']);
    expect(openings).toBe(0);
  });

  test('lets a doctor go on while the authority is away', async () => {
    const store = memoryStore();
    const away = { gone: false };
    const authority = async (request: Request) => {
      if (away.gone) throw new TypeError('fetch failed');
      return stage.town.authority.fetch(request);
    };
    const house = await inside({ ...chen, doctorKeys: [], opened: {} }, store, { map: async () => ({ ...map(), authority }) });
    expect((await house.patients()).length).toBe(1);
    await house.lock();
    away.gone = true;
    expect(await house.unlock(chen.name, passphrase, true)).toMatchObject({ standing: { kind: 'approved' }, organisations: ['northgate'] });
    expect(await ids(house, idOf(ada))).toEqual(['blood']);
  });

  test('that was changed, is somebody else’s, or is an older one, is no harm', async () => {
    const store = memoryStore();
    const card = idOf(ada);
    const house = await inside(ada, store);
    await house.lock();
    const older = (await store.drawer(card))!;
    await house.unlock('ada', passphrase, true);
    await house.lookedAt(card);
    await house.lock();
    const whole = (await store.drawer(card))!;
    const [flipped, foreign] = [whole.map((byte, i) => (i === whole.length >> 1 ? byte ^ 1 : byte)), memoryStore()];
    await (await inside(ben, foreign)).lock();
    for (const strange of [
      flipped,
      (await foreign.drawer(idOf(ben)))!,
      new Uint8Array(),
      cbor(['carelet/v1/portal/drawer', 1, 2]),
      older,
    ]) {
      await store.keepDrawer(card, strange);
      await house.unlock('ada', passphrase, true);
      expect((await house.overview(card)).lastLook).toBeNull();
      await house.lookedAt(card);
      await house.lock();
      // It is written anew, and good again.
      await house.unlock('ada', passphrase, true);
      expect((await house.overview(card)).lastLook).toBe(stage.clock());
      await house.lock();
    }
  });

  test('remembers the newest manifest: an authority that hands out an earlier one is refused', async () => {
    const store = memoryStore();
    // The keyring itself was saved before any organisation had joined.
    const fresh = { ...ada, manifest: stage.town.manifest };
    const authority = { old: false };
    const lying = async (request: Request) => {
      if (!authority.old || !request.url.endsWith('/town/manifest')) return stage.town.authority.fetch(request);
      return new Response(new Uint8Array(cbor({ manifest: encodeManifest(stage.town.manifest) })), {
        headers: { 'content-type': 'application/cbor' },
      });
    };
    const house = await inside(fresh, store, { map: async () => ({ ...map(), authority: lying }) });
    await house.lock();
    authority.old = true;
    expect(await refusal(house.unlock('ada', passphrase, true))).toBe('tampered');
    authority.old = false;
    expect(await refusal(house.unlock('ada', passphrase, true))).toBe('ok');
  });
});
