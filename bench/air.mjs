// Bytes on air and modelled energy of a reading, against one NTRU encryption a reading.
//
// `theirs` is the papers' way: ntruhps2048677 for each reading, 930 bytes of ciphertext and 30 around them, 126 uJ of
// computing (pqm4's cycles on a Cortex-M4 at 64 MHz and 10 mW). `ours`, twice: the strip in a session frame, sealed by the
// same code as a device's; and the strip sealed end to end as a row before it goes into the frame, which is what a
// device of this house sends. The energy model is an order of magnitude and no measurement: 30 uJ a connection event,
// which carries one frame of up to 240 bytes, 0.15 uJ a byte in full packets and 0.5 in frames of 64 bytes, 1 uJ to seal
// 240 bytes, and 1,300 uJ a day for the handshake, spread over the hours a device was worn.
//
// Readings are the seeded sensor's and those of every recorded file, in strips as `carelet wearable replay` makes them.
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ancestors, dayOf } from '@carelet/care/rules/records/calendar';
import { encodeBody } from '@carelet/client/records/body';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { encodeStrip } from '@carelet/crypto/records/strip';
import { bind, sealRow } from '@carelet/crypto/records/writer';
import { newSender, sealFrame } from '@carelet/crypto/session/frame';
import { openRecording } from '@carelet/wearable/formats';
import { openings } from '@carelet/wearable/openings.testing';
import { sensor } from '@carelet/wearable/sensor';
import { strips } from '@carelet/wearable/strips';
import { encode } from 'cborg';
import { data, figure, size, small } from './kit.mjs';

export const says = 'bytes on air and modelled energy of a reading, against one NTRU encryption a reading';

const noon = Date.UTC(2026, 10, 20, 12);
const minute = 60_000;
const never = { 'heart-rate': 0, 'oxygen-saturation': 0, 'respiratory-rate': 0, 'body-temperature': 0, 'blood-pressure': 0 };
const theirs = { bytes: 930 + 30, energy: 126 + 0.15 * 960 + 30 };
const aims = { bytes: 200, energy: 100 };

export async function* run() {
  const pulse = (seconds) => sensor('ada', { ecg: false, every: { ...never, 'heart-rate': 1000 } }).between(noon, noon + 1000 * seconds);
  const all = (seconds) => sensor('ada', { ecg: false }).between(noon, noon + 1000 * seconds);
  const hour = size(3600, 120);
  yield* onAir('pulse, strips of a minute', [pulse(hour)], { seconds: 60 });
  yield* onAir('pulse, strips of five minutes', [pulse(hour)], { seconds: 300 });
  yield* onAir('pulse, strips of an hour', [pulse(hour)], { seconds: 3600, count: 3600 });
  yield* onAir('all five signs, strips of a minute', [all(hour)], { seconds: 60 });
  yield* onAir('all five signs, strips of an hour', [all(hour)], { seconds: 3600, count: 10_000 });
  yield* onAir('one pulse a frame', [pulse(size(600, 20))], { count: 1 });
  if (small) return;
  const folder = join(data, '03-signals');
  const files = filesIn(folder);
  if (files.length === 0) console.error('The recorded signals are not measured here (CARELET_DATA names the folder of recorded inputs).');
  const rest = { packets: [], files: 0 };
  for (const path of files) {
    const { format, refused, options } = openings.get(relative(folder, path)) ?? {};
    // A WFDB record is one recording, whichever of its files is named.
    if (format === undefined || refused !== undefined || /041s0|\.(dat|mat)$/.test(path)) continue;
    const recording = await openRecording(path);
    const packets = [];
    for await (const strip of strips(recording.readings({ device: 'd-1', start: noon, ...options }), { seconds: 86_400 }))
      packets.push(strip);
    const values = packets.reduce((sum, { readings }) => sum + readings.reduce((n, one) => n + valuesIn(one), 0), 0);
    const name = relative(folder, path);
    if (values >= 500) yield* recorded(name, packets);
    else {
      rest.packets.push(...packets);
      if (packets.length > 0) rest.files++;
    }
  }
  if (rest.files > 0) yield* recorded(`${rest.files} files of fewer than 500 values`, rest.packets);
}

/** Both ways on air. */
async function* onAir(what, blocks, options) {
  const packets = [];
  for await (const strip of strips(blocks, options)) packets.push(strip);
  yield* comparedOnAir(what, packets);
}

/** Strips on air: bytes and energy of a reading, against the papers' way. */
export function* comparedOnAir(what, packets) {
  const readings = packets.reduce((sum, strip) => sum + strip.readings.length, 0);
  const worn = daysWorn(packets);
  for (const [way, messages] of [
    ['in a frame', packets.map(({ bytes }) => bytes)],
    ['sealed end to end, in a frame', packets.map(sealedEndToEnd)],
  ]) {
    const frames = framesOf(messages);
    const bytes = frames.reduce((sum, length) => sum + length, 0) / readings;
    const energy = (frames.reduce((sum, length) => sum + energyOf(length), 0) + 1300 * worn) / readings;
    yield figure(`${what}, ${way}`, 'B/reading', bytes, theirs.bytes, `x 1/${aims.bytes}`);
    yield figure(`${what}, ${way}`, 'uJ/reading', energy, theirs.energy, `x 1/${aims.energy}`);
  }
}

/** A recorded file: the strip against what others would write, and on air where it holds vital signs. */
function* recorded(name, packets) {
  const values = packets.reduce((sum, { readings }) => sum + readings.reduce((n, one) => n + valuesIn(one), 0), 0);
  const waves = packets.every(({ kind }) => kind === 'waveforms');
  const unit = waves ? 'B/sample' : 'B/reading';
  const total = (lengths) => lengths.reduce((sum, length) => sum + length, 0) / values;
  const ours = total(packets.map(({ bytes }) => bytes.length));
  const json = packets.map(({ readings }) => Buffer.from(JSON.stringify(readings.map(plain))));
  const cbor = packets.map(({ readings }) => encode(readings.map(plain)));
  yield figure(`${name}: json`, unit, ours, total(json.map(({ length }) => length)));
  yield figure(`${name}: json, gzip`, unit, ours, total(json.map((each) => gzipSync(each, { level: 9 }).length)));
  yield figure(`${name}: cbor`, unit, ours, total(cbor.map(({ length }) => length)));
  yield figure(`${name}: cbor, gzip`, unit, ours, total(cbor.map((each) => gzipSync(each, { level: 9 }).length)));
  if (waves) yield figure(`${name}: 16-bit samples`, unit, ours, 2, 'x 1/2');
  else yield* comparedOnAir(name, packets);
}

const valuesIn = (reading) => (reading.kind === 'waveform' ? reading.leads.length * reading.leads[0].samples.length : 1);

const plain = (reading) =>
  reading.kind === 'waveform' ? { ...reading, leads: reading.leads.map((lead) => ({ ...lead, samples: [...lead.samples] })) } : reading;

/** Lengths of the frames that carry messages, in one session. */
function framesOf(messages) {
  const random = seededRandom('bench/air');
  let sender = newSender(random(44), 1024, 0);
  return messages.map((message, i) => {
    const sealed = sealFrame({ suite: 1, connection: 7 }, sender, 1, message, i);
    sender = sealed.sender;
    return sealed.frame.length;
  });
}

/** Days over which a device was worn, by the first and last strip of each: what its daily handshake is spread over. */
function daysWorn(packets) {
  const days = new Map();
  for (const { from, to } of packets) {
    const [first, last] = days.get(dayOf(from)) ?? [from, to];
    days.set(dayOf(from), [Math.min(first, from), Math.max(last, to)]);
  }
  return [...days.values()].reduce((sum, [first, last]) => sum + (last - first + minute) / 86_400_000, 0);
}

function energyOf(length) {
  const events = Math.ceil(length / 240);
  return 30 * events + length * (length <= 64 ? 0.5 : 0.15) + length / 240;
}

const random = seededRandom('bench/air/rows');
const device = { id: random(16), secret: signingKey(random).secret };

/** As `client/session/send` seals a strip, with keys of nobody. */
function sealedEndToEnd({ number, from, bytes }) {
  const body = encodeBody({ kind: 'strip', device: device.id, number, packed: bytes });
  const [contents] = bind([{ rid: random(16), version: 1, bodies: { MI: body } }], device, random);
  const row = sealRow(random(32), { part: 'MI', rowId: random(16), version: 1, nodeId: random(16) }, contents.MI, random);
  const day = dayOf(from);
  const links = [...ancestors(day), day].map((_, i) => ({ nodeId: random(16), parent: i === 0 ? new Uint8Array() : random(16) }));
  return encodeStrip({ number, part: 'MI', row, links, wrap: null });
}

function filesIn(folder) {
  try {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesIn(path) : [path];
    });
  } catch {
    return [];
  }
}
