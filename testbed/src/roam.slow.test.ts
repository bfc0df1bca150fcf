/**
 * A watch that walks between two cloudlets of its clinic, one at home and one on the ward: who takes what, who is believed, and
 * that everything arrives once.
 */
import { join } from 'node:path';
import { CareletError, vital } from '@carelet/care/model';
import { isCredible } from '@carelet/care/rules/relay/meeting';
import { packStrip } from '@carelet/care/rules/strip/index';
import { connectCloudlet } from '@carelet/client/login';
import { pairFurther } from '@carelet/client/session/pair';
import { rowOf } from '@carelet/client/session/relays';
import { sender } from '@carelet/client/session/send';
import { decodeWearable, encodeWearable, type Wearable, type WearableRelay } from '@carelet/client/session/wearable';
import { type RunningCloudlet, startCloudlet } from '@carelet/cloudlet/service';
import { hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { frameTypes, openDown, sealUp } from '@carelet/crypto/session/device';
import { decodeFinding, encodeInquiry } from '@carelet/crypto/session/inquiry';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStage, refusal, type Stage } from './fixture.testing.ts';
import { type Line, openLine } from './line.testing.ts';
import { type Watch, type Watches, watchesAt } from './watch.testing.ts';

let stage: Stage;
let at: Watches;
/** The further cloudlet of the clinic, and the lines of both to the cloud. */
let ward: RunningCloudlet;
let lines: Record<'home' | 'ward', Line>;
/** Who can be reached by the watch. */
const reach = { home: true, ward: true };

beforeAll(async () => {
  stage = await openStage();
  at = await watchesAt(stage);
  lines = { home: stage.line, ward: await openLine(stage.cloudUrl) };
  ward = await startCloudlet({
    databaseUrl: stage.town.postgres.url(),
    host: '127.0.0.1',
    port: 0,
    nextFree: true,
    cors: [],
    logLevel: 'silent',
    schema: 'cloudlet_harbour_ward',
    keys: join(stage.town.folder, 'keys', 'harbour-ward'),
    authority: stage.town.authority.url,
    cloud: lines.ward.url,
    clock: stage.clock,
  });
  const { card, secrets, writer } = at.harbour.keyring;
  await ward.install({ card, edSk: secrets.edSk, ...writer! });
}, 60_000);

afterEach(() => {
  Object.assign(reach, { home: true, ward: true });
  for (const line of Object.values(lines)) line.mend();
});

afterAll(async () => {
  await ward?.close();
  await lines?.ward[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
});

type Place = keyof typeof reach;
const cloudletAt = (place: Place, who: Parameters<Stage['cloudletAs']>[0] = null) =>
  place === 'home' ? stage.cloudletAs(who) : connectCloudlet(ward.fetch, who, stage.clock);
const codeAt = async (place: Place) => (await cloudletAt(place, at.harbour.keyring).sessions.pair()).code;

/** The way to a cloudlet for a watch that may be out of its range. */
function hopTo({ name }: WearableRelay) {
  const place = name === 'ward' ? 'ward' : 'home';
  const { sessions } = cloudletAt(place);
  const near = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (!reach[place]) throw new CareletError('unavailable', 'reach cloudlet', { because: 'it is out of range' });
    return ask();
  };
  return {
    sessions: {
      announcement: () => near(() => sessions.announcement()),
      init: (input: { init: Uint8Array }) => near(() => sessions.init(input)),
      frame: (input: { frame: Uint8Array }) => near(() => sessions.frame(input)),
    },
  };
}

/** A watch that knows both. */
async function walker(name: string): Promise<Watch & { spot: string }> {
  const wearable = await at.pairFor(at.ada, name);
  await pairFurther({ keyring: at.ada, cloudlet: cloudletAt('ward', at.ada), clock: stage.clock }, wearable, {
    code: await codeAt('ward'),
    address: ward.url,
    called: 'ward',
  });
  const watch = { ...at.watchOf(wearable), spot: 'street' };
  const start = (memory: Wearable) => {
    watch.wearable = memory;
    const save = async () => {
      watch.flash = encodeWearable(watch.wearable);
    };
    watch.sender = sender({ wearable: memory, save, cloudlet: hopTo, clock: stage.clock, spot: watch.spot });
  };
  watch.keep = (pulse, urgency = 'routine') => {
    const bytes = packStrip([vital('heart-rate', at.noon() + pulse, 'watch', [pulse])]);
    return watch.sender.keep({ kind: 'vital-signs', from: at.noon(), bytes, urgency });
  };
  watch.restart = () => start(decodeWearable(watch.flash));
  start(wearable);
  return watch;
}

const relayOf = ({ wearable }: Watch, place: Place) => wearable.relays[place === 'home' ? 0 : 1]!;
const later = (seconds: number) => stage.clock.to(new Date(stage.clock() + seconds * 1000).toISOString());
const schemas = { home: 'cloudlet_harbour', ward: 'cloudlet_harbour_ward' } as const;
/** Numbers of a watch's strips that wait for the cloud at a cloudlet. */
const here = async (watch: Watch, place: Place) =>
  (
    await stage.sql<{ number: string }>(`select number from ${schemas[place]}.strip where device = $1 order by arrived, number`, [
      Buffer.from(relayOf(watch, place).device.device),
    ])
  ).map(({ number }) => Number(number));
/** Nothing waits at either. */
const forwarded = () =>
  at.until(async () => (await cloudletAt('home').town.state()).waiting + (await cloudletAt('ward').town.state()).waiting === 0);

describe('a further cloudlet', () => {
  test('is another of the same clinic, for the same device and the same chart', async () => {
    const watch = await walker('paired twice');
    expect(watch.wearable.relays.map(({ name }) => name)).toEqual(['cloudlet-1', 'ward']);
    const rows = await Promise.all(
      Object.values(schemas).map((schema) =>
        stage.sql<{ pat: Buffer; card: Buffer }>(`select pat, card from ${schema}.device where card = $1`, [
          Buffer.from(watch.wearable.card.id),
        ]),
      ),
    );
    expect(rows.flat().map(({ pat }) => pat.toString('hex'))).toEqual([hex(watch.wearable.pat), hex(watch.wearable.pat)]);
    expect(decodeWearable(encodeWearable(watch.wearable))).toEqual(watch.wearable);
  });

  test('of another clinic is refused, and nothing of it remains there', async () => {
    const millbrook = await stage.place('millbrook');
    const wearable = await at.pairFor(at.ada, 'one clinic');
    const asAda = stage.cloudletAs(at.ada, 'millbrook');
    const { code } = await stage.cloudletAs(millbrook.keyring, 'millbrook').sessions.pair();
    await stage.open(at.ada);
    const asked = pairFurther({ keyring: at.ada, cloudlet: asAda, clock: stage.clock }, wearable, { code, address: '' });
    await expect(asked).rejects.toThrow('a device belongs to one clinic');
    expect(wearable.relays.length).toBe(1);
    expect(await stage.sql('select 1 from cloudlet_millbrook.device where owner is not null')).toEqual([]);
    expect((await stage.open(at.ada)).charts.some(({ chart }) => hex(chart.writer) === hex(millbrook.keyring.card.id))).toBe(false);
  });

  test('is paired by the owner alone, once, and under a name of its own', async () => {
    const watch = await walker('whose');
    const further = async (who: Parameters<Stage['cloudletAs']>[0], called: string, place: Place) =>
      refusal(
        pairFurther({ keyring: who!, cloudlet: cloudletAt(place, who), clock: stage.clock }, watch.wearable, {
          code: await codeAt(place),
          address: '',
          called,
        }),
      );
    expect(await further(stage.patient('ivy'), 'mine', 'ward')).toBe('denied');
    expect(await further(at.ada, 'ward', 'ward')).toBe('conflict');
    expect(await further(at.ada, 'again', 'ward')).toBe('conflict');
    expect(watch.wearable.relays.length).toBe(2);
  });
});

describe('a watch that walks', () => {
  test('hands its strips to whoever is there: nothing waits for one that is away, nothing is lost and nothing arrives twice', async () => {
    const watch = await walker('walks');
    reach.ward = false;
    for (const pulse of [60, 61]) await watch.keep(pulse);
    expect(await watch.sender.send()).toBe(2);
    expect(relayOf(watch, 'home').near).toBe('street');
    expect(relayOf(watch, 'ward').near).toBeNull();

    // Home goes away; the ward takes over, and is met there.
    Object.assign(reach, { home: false, ward: true });
    later(120);
    watch.spot = 'clinic';
    watch.restart();
    for (const pulse of [62, 63]) await watch.keep(pulse);
    await watch.keep(95, 'monitoring');
    expect(await watch.sender.send()).toBe(3);
    expect(watch.wearable.waiting).toEqual([]);
    expect(relayOf(watch, 'ward')).toMatchObject({ near: 'clinic', meetings: { clinic: 1 } });

    // Nobody is there.
    reach.ward = false;
    await watch.keep(64);
    expect(await refusal(watch.sender.send())).toBe('unavailable');
    expect(watch.wearable.waiting.length).toBe(1);

    Object.assign(reach, { home: true });
    later(120);
    watch.spot = 'home';
    watch.restart();
    await watch.keep(65);
    expect(await watch.sender.send()).toBe(2);
    expect(relayOf(watch, 'home').meetings).toEqual({ street: 1, home: 1 });
    await forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([60, 61, 62, 63, 64, 65, 95]);
  });

  test('loses answers on the way, hands the strip to another, and goes on with both', async () => {
    const watch = await walker('loses answers');
    reach.ward = false;
    await watch.keep(70);
    await watch.sender.send();
    // Home takes the next and its answer is lost, as the watch goes away: the ward gets it as well.
    const home = relayOf(watch, 'home');
    await watch.keep(71);
    const kept = [...home.kept];
    await watch.sender.send();
    home.kept = kept;
    watch.wearable.waiting = watch.wearable.entrusted.splice(1).map((strip) => ({ ...strip, at: [] }));
    expect(watch.wearable.waiting.length).toBe(1);
    Object.assign(reach, { home: false, ward: true });
    expect(await watch.sender.send()).toBe(1);
    Object.assign(reach, { home: true, ward: false });
    later(120);
    await watch.keep(72);
    expect(await watch.sender.send()).toBe(1);
    expect(home.kept[2]).toBe(2);
    await forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([70, 71, 72]);
  });

  test('hands an emergency to all that are there, and the same row twice is one in the cloud', async () => {
    const watch = await walker('calls both');
    for (const line of Object.values(lines)) line.cut();
    await watch.keep(150, 'emergency');
    expect(await watch.sender.send()).toBe(1);
    expect([await here(watch, 'home'), await here(watch, 'ward')]).toEqual([[0], [0]]);
    // Both have it, the cloud has not: it stays on the wrist.
    expect(watch.wearable.waiting.length).toBe(1);
    lines.ward.mend();
    await at.until(async () => (await here(watch, 'ward')).length === 0);
    later(2);
    await watch.sender.send();
    expect(watch.wearable.waiting).toEqual([]);
    lines.home.mend();
    await forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([150]);
    expect(await stage.sql('select 1 from cloudlet_harbour.strip where refused is not null')).toEqual([]);
  });

  test('keeps an emergency that one says the cloud has, until the other, which is there, has it as well', async () => {
    const watch = await walker('does not believe one');
    lines.ward.cut();
    await watch.keep(151, 'emergency');
    await watch.sender.send();
    // Home is believed, and so it is forgotten: but the ward had it in its hands before that.
    expect(watch.wearable.waiting).toEqual([]);
    expect(await here(watch, 'ward')).toEqual([0]);
    lines.ward.mend();
    await forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([151]);
  });
});

describe('a black hole', () => {
  test('takes and does not bring: it is found out by asking the other, loses its reputation, and everything arrives', async () => {
    const watch = await walker('black hole');
    const hole = relayOf(watch, 'home');
    // Home takes what it is given and brings nothing; the ward is away.
    lines.home.cut();
    reach.ward = false;
    for (const pulse of [80, 81, 82]) await watch.keep(pulse);
    expect(await watch.sender.send()).toBe(3);
    expect(watch.wearable.waiting).toEqual([]);
    expect(watch.wearable.entrusted.length).toBe(3);
    expect(isCredible(hole)).toBe(true);

    // The ward is met, and asked when their time is over: not before.
    reach.ward = true;
    later(120);
    await watch.sender.send();
    expect([hole.taken, hole.arrived]).toEqual([0, 0]);
    watch.restart();
    later(900);
    expect(await watch.sender.send()).toBe(3);
    expect(relayOf(watch, 'home')).toMatchObject({ taken: 3, arrived: 0 });
    expect(isCredible(relayOf(watch, 'home'))).toBe(false);
    await at.until(async () => (await cloudletAt('ward').town.state()).waiting === 0);
    expect(await at.pulses(at.ada, watch)).toEqual([80, 81, 82]);

    // From now on the ward gets what comes, though home is there.
    for (const pulse of [83, 84]) await watch.keep(pulse);
    expect(await watch.sender.send()).toBe(2);
    expect(await here(watch, 'home')).toEqual([0, 1, 2]);
    expect(watch.wearable.routine).toBe('ward');

    // Alone there, it is handed copies, which are kept however many there are.
    reach.ward = false;
    await watch.keep(85);
    await watch.sender.send();
    expect(watch.wearable.entrusted.length + watch.wearable.waiting.length).toBeGreaterThan(0);
    reach.ward = true;
    later(1000);
    await watch.sender.send();
    await at.until(async () => (await cloudletAt('ward').town.state()).waiting === 0);
    expect(await at.pulses(at.ada, watch)).toEqual([80, 81, 82, 83, 84, 85]);

    // Home was only cut off: what it kept arrives, and nothing is there twice.
    lines.home.mend();
    await forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([80, 81, 82, 83, 84, 85]);
  });

  test('an honest one is found to be so, and what it brought is forgotten', async () => {
    const watch = await walker('honest');
    reach.ward = false;
    for (const pulse of [90, 91]) await watch.keep(pulse);
    await watch.sender.send();
    await forwarded();
    reach.ward = true;
    later(1000);
    await watch.sender.send();
    await watch.sender.send();
    expect(watch.wearable.entrusted).toEqual([]);
    expect(relayOf(watch, 'home')).toMatchObject({ taken: 2, arrived: 2 });
  });

  test('is not slandered by one that cannot ask the cloud', async () => {
    const watch = await walker('cannot say');
    reach.ward = false;
    await watch.keep(92);
    await watch.sender.send();
    await forwarded();
    reach.ward = true;
    lines.ward.cut();
    later(1000);
    await watch.sender.send();
    expect(relayOf(watch, 'home')).toMatchObject({ taken: 0, arrived: 0 });
    expect(watch.wearable.entrusted.length).toBe(1);
  });
});

describe('an inquiry', () => {
  test('is answered for the device’s own chart; what does not fit is answered like everything that does not', async () => {
    const watch = await walker('asks');
    reach.ward = false;
    await watch.keep(93);
    const row = rowOf(watch.wearable.waiting[0]!);
    await watch.sender.send();
    await forwarded();
    const relay = relayOf(watch, 'home');
    const ask = async (message: Uint8Array, type: number = frameTypes.inquiry) => {
      const sealed = sealUp(relay.device, type, message, Math.floor(stage.clock() / 1000))!;
      relay.device = sealed.device;
      const { frame } = await stage.cloudletAs(null).sessions.frame({ frame: sealed.frame });
      const opened = openDown(relay.device, frame, Math.floor(stage.clock() / 1000))!;
      expect(opened.type).toBe(frameTypes.finding);
      relay.device = opened.device;
      return opened.message;
    };
    const other = { part: 'MI', rowId: systemRandom(16) };
    const rows = [other, row];
    expect(decodeFinding(await ask(encodeInquiry(rows)), rows)).toEqual([row.rowId]);
    expect(decodeFinding(await ask(encodeInquiry([{ ...row, part: 'QID' }])), [row])).toEqual([]);
    expect(await refusal(ask(systemRandom(40)))).toBe('cannot-open');
    expect(await refusal(ask(encodeInquiry(rows), frameTypes.finding))).toBe('cannot-open');
    expect(await refusal(ask(encodeInquiry(rows), frameTypes.strip))).toBe('cannot-open');

    // Another's rows are none of this device's chart.
    const ivy = stage.patient('ivy');
    const hers = at.watchOf(await at.pairFor(ivy, 'hers'));
    await hers.keep(60);
    const herRow = rowOf(hers.wearable.waiting[0]!);
    await hers.sender.send();
    await forwarded();
    expect(decodeFinding(await ask(encodeInquiry([herRow])), [herRow])).toEqual([]);
  });
});
