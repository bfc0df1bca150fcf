/**
 * Devices after something was taken back: with the owner's word they begin new trees, and who kept the keys of the old ones opens nothing
 * of what comes.
 */
import { CareletError } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import type { Hop } from '@carelet/care/wire/hop';
import { decodeKeyring, encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { type Held, walkDown } from '@carelet/client/records/walk';
import { renewDevices } from '@carelet/client/session/renew';
import { takeAnew } from '@carelet/client/session/seal';
import { decodeWearable, encodeWearable, type Wearable } from '@carelet/client/session/wearable';
import { tellDevices } from '@carelet/client/sharing/anew';
import { limit } from '@carelet/client/sharing/limits';
import { renewConsents } from '@carelet/client/sharing/renew';
import { type SharingOptions, share, unshare } from '@carelet/client/sharing/share';
import { type Bytes, type Cbor, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { anewIn, signAnew } from '@carelet/crypto/records/anew';
import { openRow } from '@carelet/crypto/records/reader';
import { decodeStrip } from '@carelet/crypto/records/strip';
import { nodeId } from '@carelet/crypto/records/tree';
import { decodeAnewTold, encodeAnewAsked } from '@carelet/crypto/session/anew';
import { frameTypes, openDown, sealUp } from '@carelet/crypto/session/device';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, refusal, type Stage } from './fixture.testing.ts';
import { type Watch, type Watches, watchesAt } from './watch.testing.ts';

let stage: Stage;
let at: Watches;

beforeAll(async () => {
  stage = await openStage();
  at = await watchesAt(stage);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

/** Somebody of these tests alone, with a watch at Harbour Clinic. */
async function wearing(name: string, cloudlet?: Hop) {
  const owner = stage.patient(name);
  const watch = at.watchOf(await at.pairFor(owner, name), cloudlet);
  return { owner, watch, pat: watch.wearable.pat };
}

const optionsOf = (owner: Keyring, changes: Partial<SharingOptions> = {}): SharingOptions => ({
  keyring: owner,
  save: async () => {},
  cloud: stage.cloudAs(owner),
  mathematics: mathematicsHere,
  cloudletOf: (organisation) => stage.cloudletOf(owner, organisation),
  clock: stage.clock,
  ...changes,
});
const renews = async (owner: Keyring) => {
  await renewConsents(optionsOf(owner));
  await renewDevices(optionsOf(owner));
};
const chartOf = async (owner: Keyring) => (await stage.cloudAs(owner).records.charts()).charts[0]!;
const denies = async (owner: Keyring) => limit(optionsOf(owner), await chartOf(owner), { deny: systemRandom(16) });

/** A word that nobody heard is asked for again after a while: so much later it is. */
const whileLater = () => stage.clock.to(new Date(stage.clock() + 16 * 60_000).toISOString());
const measures = async (watch: Watch, ...pulses: number[]) => {
  for (const pulse of pulses) await watch.keep(pulse);
  await watch.sender.send();
  await at.forwarded();
};
/** The watch hears what there is to hear, with a reading that it sealed before. */
const syncs = async (watch: Watch, pulse: number) => {
  whileLater();
  await measures(watch, pulse);
};
const treesOf = ({ wearable }: Watch) => wearable.trees.map(({ treeId }) => hex(treeId));

/** The node keys that a device holds, as somebody has them who opened every one of them. */
const heldOf = ({ trees, card }: Wearable): Held[] =>
  trees.flatMap(({ kind, treeId, months }) =>
    Object.entries(months).map(
      ([period, key]): Held => ({
        ...{ key: key.slice(), treeId, writer: card.id, part: 'MI', period },
        ...{ category: [kind, 'N', 'none'], nodeId: nodeId(treeId, period) },
      }),
    ),
  );

/** How many rows of a chart somebody opens with these node keys and all below them, who has the whole cloud. */
async function rowsOpened(pat: Bytes, held: readonly Held[]): Promise<number> {
  const plain = (bytes: Buffer) => new Uint8Array(bytes);
  const nodes = await stage.sql<{ node_id: Buffer; parent: Buffer }>('select node_id, parent from node where pat = $1', [pat]);
  const keys = walkDown(
    held,
    nodes.map(({ node_id, parent }) => ({ nodeId: plain(node_id), parent: plain(parent) })),
  );
  const rows = await stage.sql<{ row_id: Buffer; version: string; node_id: Buffer; kc: Buffer; mark: Buffer; ct: Buffer }>(
    'select row_id, version, node_id, kc, mark, ct from shelf_mi where pat = $1',
    [pat],
  );
  return rows.filter(({ row_id, version, node_id, kc, mark, ct }) => {
    const node = keys.get(hex(node_id));
    const row = { rowId: plain(row_id), version: Number(version), nodeId: plain(node_id) };
    return node && openRow(node.key, 'MI', { ...row, kc: plain(kc), mark: plain(mark), ct: plain(ct) }).kind === 'opened';
  }).length;
}

test('after a taking back the watch begins new trees at its next sync: who kept every key of the old ones opens nothing of what comes, and others read on', async () => {
  const millbrook = await stage.place('millbrook');
  const { owner, watch, pat } = await wearing('maria');
  const role = { kinds: ['vital-signs'], parts: ['MI'] } as const;
  const nurse = await stage.doctor('Nurse', { at: at.harbour, ...role });
  const [diaz, osei] = await Promise.all(
    ['Dr Diaz', 'Dr Osei'].map((name) => stage.doctor(name, { at: millbrook, kinds: ['immunizations'], parts: ['MI'] })),
  );
  const consent = {
    ...usualConsent,
    kinds: ['vital-signs' as const],
    from: 'beginning' as const,
    until: addDays(dayOf(stage.clock()), 30),
  };
  const shareWith = async (doctor: Keyring) => {
    const asked = { doctor: doctor.card.id, doctorName: doctor.title, consent, mediator: millbrook.keyring.card.id };
    return (await share(optionsOf(owner), asked))[0]!;
  };
  const { grant } = await shareWith(diaz!);
  await shareWith(osei!);
  await measures(watch, 60);
  await renews(owner);
  for (const who of [owner, nurse, diaz!, osei!]) expect(await at.pulses(who, watch)).toEqual([60]);
  const kept = heldOf(watch.wearable);
  const old = treesOf(watch);

  whileLater();
  await unshare(optionsOf(owner), grant);
  await watch.keep(61);
  expect(await rowsOpened(pat, kept)).toBe(1);
  await watch.sender.send();
  expect(watch.wearable.trees).toEqual([]);
  await measures(watch, 62, 63);
  expect(treesOf(watch)).toHaveLength(1);
  expect(old).not.toContain(treesOf(watch)[0]);
  await syncs(watch, 64);
  // The one sealed before it heard, and none after.
  expect(await rowsOpened(pat, kept)).toBe(2);
  expect(await at.pulses(owner, watch)).toEqual([60, 61, 62, 63, 64]);

  await renews(owner);
  for (const who of [nurse, osei!]) expect(await at.pulses(who, watch)).toEqual([60, 61, 62, 63, 64]);
  expect(await at.pulses(diaz!, watch)).toEqual([]);
  // It is told once, and not with each renewal.
  const [now] = treesOf(watch);
  await renews(owner);
  await syncs(watch, 65);
  expect(treesOf(watch)).toEqual([now]);
});

describe('a patient who never shared', () => {
  test('has her watch begin new trees as she limits her chart, and none as she takes a limit back', async () => {
    const { owner, watch, pat } = await wearing('siobhan');
    await measures(watch, 60);
    const kept = heldOf(watch.wearable);
    await denies(owner);
    await syncs(watch, 61);
    await measures(watch, 62);
    expect(await rowsOpened(pat, kept)).toBe(2);
    const trees = treesOf(watch);
    expect(await limit(optionsOf(owner), await chartOf(owner), { byName: true })).toBe(true);
    await syncs(watch, 63);
    await measures(watch, 64);
    const named = treesOf(watch);
    expect(named).not.toEqual(trees);
    expect(await limit(optionsOf(owner), await chartOf(owner), { byName: false })).toBe(true);
    await syncs(watch, 65);
    expect(treesOf(watch)).toEqual(named);
    expect(await at.pulses(owner, watch)).toEqual([60, 61, 62, 63, 64, 65]);
  });

  test('loses no emergency that overtakes the first strip of a new tree, also where her hospital has not followed her limits for days', async () => {
    const { owner, watch } = await wearing('layla');
    await measures(watch, 60);
    await denies(owner);
    stage.clock.to(new Date(stage.clock() + 2 * 86_400_000).toISOString());
    await syncs(watch, 61);
    await watch.keep(62);
    await watch.keep(63);
    await watch.keep(190, 'emergency');
    const wraps = watch.wearable.waiting.map(({ body }) => decodeStrip(body)!.wrap !== null);
    expect(wraps).toEqual([true, false, true]);
    watch.restart();
    await watch.keep(100, 'monitoring');
    await watch.keep(101, 'monitoring');
    expect(watch.wearable.waiting.slice(3).map(({ body }) => decodeStrip(body)!.wrap !== null)).toEqual([true, false]);
    expect(watch.wearable.trees[0]!.wrap).toBeNull();
    stage.line.cut();
    await watch.sender.send();
    stage.line.mend();
    await at.forwarded();
    await watch.sender.send();
    await at.forwarded();
    expect(await at.pulses(owner, watch)).toEqual([60, 61, 62, 63, 100, 101, 190]);
  });

  test('who pairs a watch afterwards is not told what was said before', async () => {
    const { owner } = await wearing('ben');
    await denies(owner);
    const later = at.watchOf(await at.pairFor(owner, 'later'));
    expect(later.wearable.anew).toBeGreaterThan(0);
    const trees = treesOf(later);
    await measures(later, 60);
    expect(treesOf(later)).toEqual(trees);
  });
});

describe('words that are not to be heard', () => {
  test('forged, of another chart or older ones change nothing, and keep nobody from sending', async () => {
    const { owner, watch, pat } = await wearing('zoe');
    await denies(owner);
    await syncs(watch, 60);
    await measures(watch, 61);
    const { anew } = watch.wearable;
    const trees = treesOf(watch);
    const says = (by: Keyring, changes: object = {}) => signAnew(by.secrets.edSk, { pat, seq: anew + 1, time: anew, ...changes });
    let pulse = 61;
    for (const word of [
      says(stage.patient('mallory')),
      says(at.harbour.keyring),
      says(owner, { pat: systemRandom(16) }),
      says(owner, { seq: anew }),
      says(owner, { seq: anew - 1 }),
      systemRandom(100),
    ]) {
      // Whoever has the cloud shows it.
      await stage.sql('update device_word set body = $1 where pat = $2', [word, pat]);
      await syncs(watch, ++pulse);
      expect(takeAnew(watch.wearable, word)).toBe(false);
      expect(treesOf(watch)).toEqual(trees);
      expect(watch.wearable.anew).toBe(anew);
    }
    expect(await at.pulses(owner, watch)).toEqual([60, 61, 62, 63, 64, 65, 66, 67]);
    await stage.sql('update device_word set body = $1 where pat = $2', [says(owner), pat]);
    await syncs(watch, 68);
    expect(watch.wearable.anew).toBe(anew + 1);
  });

  test('a clinic’s box that keeps the word back, or knows no such question, has everything that its device sends, in one session', async () => {
    const honest = stage.cloudletAs(null).sessions;
    const types: number[] = [];
    let greetings = 0;
    const older: Hop = {
      sessions: {
        ...honest,
        init: async (asked) => {
          greetings++;
          return honest.init(asked);
        },
        frame: async (asked) => {
          const type = (asked.frame[0]! >> 2) & 15;
          types.push(type);
          if (type === frameTypes.anewAsked) throw new CareletError('cannot-open', 'take frame', { because: 'it does not open' });
          return honest.frame(asked);
        },
      },
    };
    const { owner, watch } = await wearing('ada', older);
    await measures(watch, 60, 61);
    await denies(owner);
    const trees = treesOf(watch);
    await measures(watch, 62);
    // Asked again after a while, and no more often.
    expect(types).toEqual([1, 1, 6, 1]);
    await syncs(watch, 63);
    expect(types).toEqual([1, 1, 6, 1, 1, 6]);
    expect(greetings).toBe(1);
    expect(treesOf(watch)).toEqual(trees);
    expect(await at.pulses(owner, watch)).toEqual([60, 61, 62, 63]);
    // A box that knows it brings the word.
    const newer = at.watchOf(watch.wearable);
    await measures(newer, 64);
    expect(newer.wearable.trees).toEqual([]);
  });

  test('a question that is none is refused like whatever does not fit', async () => {
    const { watch } = await wearing('chen');
    await measures(watch, 60);
    const relay = watch.wearable.relays[0]!;
    const now = () => Math.floor(stage.clock() / 1000);
    const asks = async (type: number, message: Bytes) => {
      const sealed = sealUp(relay.device, type, message, now())!;
      relay.device = sealed.device;
      const { frame } = await stage.cloudletAs(null).sessions.frame({ frame: sealed.frame });
      const heard = openDown(relay.device, frame, now())!;
      relay.device = heard.device;
      return heard.type === frameTypes.anewTold ? decodeAnewTold(heard.message) : heard.type;
    };
    expect(await asks(frameTypes.anewAsked, encodeAnewAsked(0))).toBeNull();
    expect(await refusal(asks(frameTypes.anewAsked, systemRandom(40)))).toBe('cannot-open');
    expect(await refusal(asks(frameTypes.anewTold, encodeAnewAsked(0)))).toBe('cannot-open');
    expect(await asks(frameTypes.anewAsked, encodeAnewAsked(7))).toBeNull();
  });

  test('a cloud that does not answer is asked again sooner, and what the watch sends is taken', async () => {
    const { owner, watch } = await wearing('osei');
    await measures(watch, 60);
    await denies(owner);
    whileLater();
    stage.line.cut();
    await watch.keep(61);
    await watch.sender.send();
    expect(watch.wearable.waiting).toEqual([]);
    expect(watch.wearable.trees).not.toEqual([]);
    stage.line.mend();
    stage.clock.to(new Date(stage.clock() + 61_000).toISOString());
    await watch.sender.send();
    expect(watch.wearable.trees).toEqual([]);
    await at.forwarded();
    expect(await at.pulses(owner, watch)).toEqual([60, 61]);
  });
});

describe('what is interrupted or forgotten', () => {
  const wordAt = async (owner: Keyring, pat: Bytes) => (await stage.cloudAs(owner).devices.told({ pat })).word;

  test('a word that did not reach the cloud, and one that a restored cloud forgot, is said when her client is used next', async () => {
    const { owner, pat } = await wearing('rosa');
    const whole = optionsOf(owner);
    const away = () => Promise.reject(new CareletError('unavailable', 'speak to devices', { because: 'the line is down' }));
    const cut = optionsOf(owner, { cloud: { ...whole.cloud, devices: { beginAnew: away, told: away } } });
    expect(await limit(cut, await chartOf(owner), { deny: systemRandom(16) })).toBe(true);
    expect(await wordAt(owner, pat)).toBeNull();
    await renewDevices(optionsOf(owner));
    const word = await wordAt(owner, pat);
    expect(word).not.toBeNull();
    await stage.sql('delete from device_word where pat = $1', [pat]);
    await renewConsents(optionsOf(owner));
    expect(await wordAt(owner, pat)).toEqual(word);
  });

  test('two copies of a keyring that do not know of each other both have the watch begin anew', async () => {
    const { owner, watch, pat } = await wearing('noor');
    await measures(watch, 60);
    const [copy, lone] = [decodeKeyring(encodeKeyring(owner)), decodeKeyring(encodeKeyring(owner))];
    const heard = [];
    await denies(owner);
    await syncs(watch, 61);
    heard.push(watch.wearable.anew);
    await denies(copy);
    await syncs(watch, 62);
    heard.push(watch.wearable.anew);
    // One that is shown nothing, by a cloud that forgot.
    for (const table of ['device_word', 'limits', 'denied']) await stage.sql(`delete from ${table} where pat = $1`, [pat]);
    await denies(lone);
    await syncs(watch, 63);
    heard.push(watch.wearable.anew);
    expect(new Set(heard).size).toBe(3);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    // Nor does her first copy bring back the older word.
    await tellDevices(optionsOf(owner), { pat });
    expect(anewIn((await wordAt(owner, pat))!)!.seq).toBe(watch.wearable.anew);
  });

  test('a memory of before there was such a word is read, and hears it', async () => {
    const { owner, watch } = await wearing('vera');
    await measures(watch, 60);
    await denies(owner);
    const [, ...fields] = uncbor(watch.flash) as Cbor[];
    watch.flash = cbor([3, ...fields.slice(0, -1)]);
    watch.restart();
    expect(watch.wearable.anew).toBe(0);
    expect(decodeWearable(encodeWearable(watch.wearable))).toEqual(watch.wearable);
    await measures(watch, 61);
    expect(watch.wearable.anew).toBeGreaterThan(0);
    expect(watch.wearable.trees).toEqual([]);
    // What is on disk has forgotten the keys as well.
    watch.restart();
    expect(watch.wearable.trees).toEqual([]);
    await measures(watch, 62);
    const { trees, anew } = decodeWearable(encodeWearable(watch.wearable));
    expect({ trees, anew }).toEqual({ trees: watch.wearable.trees, anew: watch.wearable.anew });
    expect(await at.pulses(owner, watch)).toEqual([60, 61, 62]);
  });
});
