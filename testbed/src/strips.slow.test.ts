import type { CareletError } from '@carelet/care/model';
import { encodeBody } from '@carelet/care/wire';
import { mathematicsHere } from '@carelet/client/mathematics';
import { pairDevice } from '@carelet/client/session/pair';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { decodeStrip, encodeStrip } from '@carelet/crypto/records/strip';
import { begin, finish, frameTypes, sealUp } from '@carelet/crypto/session/device';
import { encodeParcel } from '@carelet/crypto/session/parcel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backTo, openStage, refusal, type Stage } from './fixture.testing.ts';
import { type Watches, watchesAt } from './watch.testing.ts';

let stage: Stage;
let at: Watches;

beforeAll(async () => {
  stage = await openStage();
  at = await watchesAt(stage);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

describe('pairing', () => {
  test('is begun by the clinic or an administrator, and by nobody else', async () => {
    const [sam] = await stage.administrators();
    expect((await stage.cloudletAs(sam).sessions.pair()).code.length).toBeGreaterThan(40);
    const larkfield = await stage.place('larkfield');
    for (const who of [at.ada, larkfield.keyring, await stage.doctor('Dr Chen', { at: at.harbour })]) {
      expect(await refusal(stage.cloudletAs(who).sessions.pair())).toBe('denied');
    }
  });

  test('is for one patient: a code that was used is no use to another', async () => {
    const shown = await at.code();
    await at.pairFor(at.ada, 'first', shown);
    expect(await refusal(at.pairFor(stage.patient('ivy'), 'second', shown))).toBe('denied');
  });

  test('is over after ten minutes, on the watch’s side and on the clinic’s', async () => {
    const shown = await at.code();
    const before = stage.clock();
    stage.clock.to(new Date(before + 601_000).toISOString());
    expect(await refusal(at.pairFor(at.ada, 'late', shown))).toBe('invalid');
    // A client that looks at no clock is told so by the at.clinic.
    const device = { keyring: at.ada, cloud: stage.cloudAs(at.ada), cloudlet: stage.cloudletAs(at.ada), mathematics: mathematicsHere };
    const careless = pairDevice({ ...device, clock: () => before }, { name: 'late', code: shown, address: '' });
    expect(await refusal(careless)).toBe('denied');
  });

  test('wants the code of this town, typed whole, and a card the patient vouches for', async () => {
    const shown = await at.code();
    expect(await refusal(at.pairFor(at.ada, 'x', `${shown.slice(0, -3)}abc`))).toBe('invalid');
    expect(await refusal(at.pairFor(at.ada, 'x', shown.slice(0, 40)))).toBe('invalid');
    const stranger = stage.patient('ada');
    stranger.manifest = { ...stranger.manifest, town: 'another town' };
    const of = {
      keyring: stranger,
      cloud: stage.cloudAs(at.ada),
      cloudlet: stage.cloudletAs(at.ada),
      mathematics: mathematicsHere,
      clock: stage.clock,
    };
    expect(await refusal(pairDevice(of, { name: 'x', code: shown, address: '' }))).toBe('invalid');
  });

  test('puts all of a patient’s watches at one clinic into one chart', async () => {
    const [one, two] = [await at.pairFor(at.ada, 'left wrist'), await at.pairFor(at.ada, 'right wrist')];
    expect(hex(one.pat)).toBe(hex(two.pat));
    const zoe = stage.patient('zoe');
    const atOnce = await Promise.all(['wrist', 'finger', 'arm'].map((name) => at.pairFor(zoe, name)));
    expect(new Set(atOnce.map(({ pat }) => hex(pat))).size).toBe(1);
    expect(hex((await at.pairFor(stage.patient('ben'), 'wrist')).pat)).not.toBe(hex(one.pat));
  });
});

describe('a strip', () => {
  test('arrives, and is opened by its owner and by the doctor who may', async () => {
    const watch = await at.paired('whole way');
    for (const pulse of [71, 72, 73]) await watch.keep(pulse);
    expect(await watch.sender.send()).toBe(3);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([71, 72, 73]);
    const chen = await stage.doctor('Dr Chen', { at: at.harbour, patients: [hex(watch.wearable.pat)] });
    expect(await at.pulses(chen, watch)).toEqual([71, 72, 73]);
    const diaz = await stage.doctor('Dr Diaz', { at: at.harbour, kinds: ['laboratory'] });
    expect(await at.pulses(diaz, watch)).toEqual([]);
  });

  test('whose acknowledgement was lost is sent again and arrives once', async () => {
    let losing = false;
    const watch = await at.paired(
      'lossy',
      at.forgetful((op) => losing && op === 'frame'),
    );
    await watch.keep(80);
    await watch.sender.send();
    losing = true;
    for (const pulse of [81, 82]) {
      await watch.keep(pulse);
      expect(await refusal(watch.sender.send())).toBe('unavailable');
    }
    expect(watch.wearable.waiting.map(({ number }) => number)).toEqual([1, 2]);
    losing = false;
    expect(await watch.sender.send()).toBe(2);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([80, 81, 82]);
  });

  test('that was acknowledged and forwarded is not taken again from a watch restored from before', async () => {
    const watch = await at.paired('restored');
    await watch.keep(60);
    await watch.sender.send();
    await watch.keep(61);
    const before = watch.flash;
    await watch.sender.send();
    await at.forwarded();
    watch.flash = before;
    watch.restart();
    await watch.keep(62);
    expect(await watch.sender.send()).toBe(2);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([60, 61, 62]);
  });

  test('is on disk before it is acknowledged: when the disk is full the watch is told, and keeps it', async () => {
    const watch = await at.paired('full disk');
    await watch.keep(90);
    await watch.sender.send();
    await stage.sql(`create function cloudlet_harbour.no_space() returns trigger language plpgsql
      as $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`);
    await stage.sql(
      'create trigger no_space before insert on cloudlet_harbour.strip for each row execute function cloudlet_harbour.no_space()',
    );
    try {
      await watch.keep(91);
      await watch.keep(92);
      const told = watch.sender.send().catch((thrown: CareletError) => thrown);
      expect(await told).toMatchObject({ kind: 'unavailable', because: 'the disk is full' });
      expect(watch.wearable.waiting.length).toBe(2);
    } finally {
      await stage.sql('drop trigger no_space on cloudlet_harbour.strip');
    }
    expect(await watch.sender.send()).toBe(2);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([90, 91, 92]);
  });

  test('out of its order is not taken, and nothing is lost by it', async () => {
    const watch = await at.paired('order');
    for (const pulse of [50, 51, 52, 53]) await watch.keep(pulse);
    const [first, second, third, fourth] = watch.wearable.waiting;
    const [relay] = watch.wearable.relays;
    /** The watch believes that the clinic took this one last. */
    const believe = (number: number | null) => {
      relay!.kept[2] = number;
    };
    watch.wearable.waiting = [second!];
    believe(0);
    expect(await refusal(watch.sender.send())).toBe('conflict');
    watch.wearable.waiting = [first!];
    believe(null);
    expect(await watch.sender.send()).toBe(1);
    watch.wearable.waiting = [third!, fourth!];
    believe(1);
    expect(await refusal(watch.sender.send())).toBe('conflict');
    expect(watch.wearable.waiting.length).toBe(2);
    watch.wearable.waiting = [second!, third!, fourth!];
    believe(0);
    expect(await watch.sender.send()).toBe(3);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([50, 51, 52, 53]);
  });

  test('of a month the watch has no key for hangs in a tree the watch starts, and its owner opens it', async () => {
    const before = stage.clock();
    const watch = await at.paired('long journey');
    stage.clock.to('2027-02-01T08:00:00Z');
    try {
      await watch.keep(66);
      await watch.keep(67);
      expect(await watch.sender.send()).toBe(2);
      await at.forwarded();
      expect(await at.pulses(at.ada, watch)).toEqual([66, 67]);
    } finally {
      await backTo(stage, before, at.ada);
    }
  });
});

describe('a session', () => {
  test('passes its key on to the next, and to the next, and over a lost answer', async () => {
    let losing = false;
    const watch = await at.paired(
      'psk',
      at.forgetful((op) => losing && op === 'init'),
    );
    const seen = new Set([hex(watch.wearable.relays[0]!.device.psk)]);
    const before = stage.clock();
    try {
      for (let session = 0; session < 5; session++) {
        stage.clock.to(new Date(before + session * 4_000_000).toISOString());
        await watch.keep(100 + session);
        if (session === 2 || session === 3) {
          losing = true;
          expect(await refusal(watch.sender.send())).toBe('unavailable');
          expect(await refusal(watch.sender.send())).toBe('unavailable');
          losing = false;
        }
        if (session === 4) watch.restart();
        expect(await watch.sender.send()).toBe(1);
        seen.add(hex(watch.wearable.relays[0]!.device.psk));
      }
      // The pairing's, and one from each session.
      expect(seen.size).toBe(6);
      await at.forwarded();
      expect((await at.pulses(at.ada, watch)).length).toBe(5);
    } finally {
      await backTo(stage, before, at.ada);
    }
  });

  test('goes on after the cloudlet has forgotten it', async () => {
    const watch = await at.paired('forgotten');
    await watch.keep(40);
    await watch.sender.send();
    await stage.sql('delete from cloudlet_harbour.session');
    await watch.keep(41);
    expect(await watch.sender.send()).toBe(1);
  });

  test('is not left behind in numbers by a watch that hears no answer', async () => {
    let losing = true;
    const watch = await at.paired(
      'deaf',
      at.forgetful((op) => losing && op === 'init'),
    );
    await watch.keep(45);
    for (let i = 0; i < 20; i++) expect(await refusal(watch.sender.send())).toBe('unavailable');
    const open = await stage.sql('select 1 from cloudlet_harbour.session where device = $1', [
      Buffer.from(watch.wearable.relays[0]!.device.device),
    ]);
    expect(open.length).toBeLessThanOrEqual(8);
    losing = false;
    expect(await watch.sender.send()).toBe(1);
  });

  test('opened by many watches at once has a number of its own each time', async () => {
    const watches = await Promise.all(Array.from({ length: 6 }, (_, i) => at.paired(`crowd ${i}`)));
    for (const [i, watch] of watches.entries()) await watch.keep(30 + i);
    expect(await Promise.all(watches.map(({ sender: one }) => one.send()))).toEqual(Array(6).fill(1));
    const numbers = await stage.sql<{ connection: number }>('select connection from cloudlet_harbour.session');
    expect(new Set(numbers.map(({ connection }) => connection)).size).toBe(numbers.length);
  });

  describe('whatever does not belong to it', () => {
    /** The bytes of an answer to a frame or an init; the same to the last one for all that does not fit. */
    async function answer(op: 'frame' | 'init', bytes: Bytes): Promise<string> {
      const body = encodeBody('cbor', { [op]: bytes });
      const request = new Request(`http://harbour/v1/sessions/${op}`, {
        method: 'POST',
        headers: { 'content-type': 'application/cbor' },
        body,
      });
      const response = await stage.town.cloudlets.get('harbour')!.fetch(request);
      return `${response.status} ${await response.text()}`;
    }

    test('gets one and the same answer', async () => {
      const watch = await at.paired('uniform');
      const other = await at.paired('other');
      for (const one of [watch, other]) {
        await one.keep(70);
        await one.keep(71);
        const [first, second] = one.wearable.waiting;
        one.wearable.waiting = [first!];
        await one.sender.send();
        one.wearable.waiting = [second!];
      }
      const now = Math.floor(stage.clock() / 1000);
      const body = watch.wearable.waiting[0]!.body;
      const parcel = { lane: 2, after: 0, strip: body, waiting: 1, battery: null };
      const message = encodeParcel(parcel);
      const sealed = sealUp(watch.wearable.relays[0]!.device, frameTypes.strip, message, now)!;
      const { frame } = sealed;
      const flipped = (at: number) => frame.map((byte, i) => (i === at ? byte ^ 1 : byte));
      const strip = decodeStrip(body)!;
      const malformed = (said: Bytes, type: number = frameTypes.strip) => sealUp(watch.wearable.relays[0]!.device, type, said, now)!.frame;
      const carrying = (other: Bytes) => malformed(encodeParcel({ ...parcel, strip: other }));
      const session = watch.wearable.relays[0]!.device.session!;
      const otherSession = other.wearable.relays[0]!.device.session!;
      const foreign = sealUp(
        { ...watch.wearable.relays[0]!.device, session: { ...session, connection: otherSession.connection } },
        frameTypes.strip,
        message,
        now,
      )!.frame;

      const silence = await answer('frame', systemRandom(64));
      expect(silence).toMatch(/^422 .*cannot-open/);
      const wrong: Record<string, Bytes> = {
        nothing: new Uint8Array(),
        'a short frame': frame.subarray(0, 10),
        'a frame with a byte too few': frame.subarray(0, frame.length - 1),
        'a changed type': flipped(0),
        'a changed connection': flipped(1),
        'a changed counter': flipped(3),
        'a changed text': flipped(40),
        'a changed tag': flipped(frame.length - 1),
        'an unknown connection': Uint8Array.from(frame, (byte, i) => (i === 1 ? 250 : byte)),
        'another device’s session': foreign,
        'a frame of another type': malformed(message, 5),
        'no parcel': malformed(systemRandom(100)),
        'a strip without its parcel': malformed(body),
        'no strip': carrying(systemRandom(100)),
        'a strip of identity': carrying(encodeStrip({ ...strip, part: 'EID' })),
        'a second version': carrying(encodeStrip({ ...strip, row: { ...strip.row, version: 2 } })),
        'a strip on a node it does not link': carrying(encodeStrip({ ...strip, links: strip.links.slice(0, 2) })),
        'a strip with a wrap nobody signed': carrying(
          encodeStrip({ ...strip, wrap: { nodeId: strip.row.nodeId, body: systemRandom(40), signature: systemRandom(64) } }),
        ),
      };
      for (const [what, bytes] of Object.entries(wrong)) expect(await answer('frame', bytes), what).toBe(silence);

      expect(await answer('frame', frame)).toMatch(/^200/);
      expect(await answer('frame', frame), 'a replayed frame').toBe(silence);
      const before = stage.clock();
      try {
        stage.clock.to(new Date(before + 3 * 86_400_000).toISOString());
        const late = sealUp(
          { ...sealed.device, session: { ...session, since: now + 3 * 86_400 } },
          frameTypes.strip,
          message,
          now + 3 * 86_400,
        );
        expect(await answer('frame', late!.frame), 'an expired session').toBe(silence);
      } finally {
        await backTo(stage, before, at.ada);
      }
    });

    test('gets the same answer to a greeting', async () => {
      const watch = await at.paired('greeting');
      const now = Math.floor(stage.clock() / 1000);
      const { staticPublicKey, announcement } = await stage.cloudletAs(null).sessions.announcement();
      const hello = (device = watch.wearable.relays[0]!.device) => begin(device, staticPublicKey, announcement, { now, trusted: true })!;
      const silence = await answer('init', systemRandom(2000));
      expect(silence).toBe(await answer('frame', systemRandom(64)));
      const { init, device, pending } = hello();
      const wrong: Record<string, Bytes> = {
        nothing: new Uint8Array(),
        'a greeting cut short': init.subarray(0, init.length - 1),
        'a changed greeting': init.map((byte, i) => (i === 300 ? byte ^ 1 : byte)),
        'a device nobody paired': hello({ ...watch.wearable.relays[0]!.device, device: systemRandom(16) }).init,
        'a device with another secret': hello({ ...watch.wearable.relays[0]!.device, psk: systemRandom(32) }).init,
      };
      for (const [what, bytes] of Object.entries(wrong)) expect(await answer('init', bytes), what).toBe(silence);
      const { ack } = await stage.cloudletAs(null).sessions.init({ init });
      expect(finish(device, pending, ack, now)).not.toBeNull();
      expect(await answer('init', init), 'a replayed greeting').toBe(silence);
    });
  });
});
