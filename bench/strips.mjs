// How many bytes a reading costs in a strip, and in what others would use: one JSON line a figure.
//
//   npm run bench -- strips
//
// Readings are the seeded sensor's (seed 'ada', from noon of 20 November 2026: the tests use the same) and, where the
// recorded signals are, all of MIT-BIH record 100. `ours` is the strip.
// `wfdb 212` are the record's own bytes. gzip is level 9. Times are the median of 9 runs in one process.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { printJson } from '@carelet/care/model';
import { toObservations } from '@carelet/care/rules/observation';
import { packStrip, unpackStrip } from '@carelet/care/rules/strip/index';
import { replay } from '@carelet/wearable/replay';
import { sensor } from '@carelet/wearable/sensor';
import { strips } from '@carelet/wearable/strips';
import { encode } from 'cborg';
import { data, figure, size as sized } from './kit.mjs';

const hour = sized(3600, 120);
const noon = Date.UTC(2026, 10, 20, 12);
const record = join(data, '03-signals/wfdb/100');
const never = { 'heart-rate': 0, 'oxygen-saturation': 0, 'respiratory-rate': 0, 'body-temperature': 0, 'blood-pressure': 0 };

const vitals = (seconds, every) => sensor('ada', { ecg: false, every }).between(noon, noon + seconds * 1000);
const ecg = (seconds) => sensor('ada', { every: never, ecg: { every: 10_000, seconds: 10 } }).between(noon, noon + seconds * 1000);

export const says = 'bytes a reading costs in a strip, and in what others would use';

export async function* run() {
  yield* measure('pulse, 60 readings', [vitals(60, { ...never, 'heart-rate': 1000 })], readingsIn, 'B/reading');
  yield* measure('all five signs, a minute', [vitals(60)], readingsIn, 'B/reading');
  yield* measure('all five signs, an hour in minutes', await packets(vitals(hour)), readingsIn, 'B/reading');
  yield* measure('all five signs, an hour in one', [vitals(hour)], readingsIn, 'B/reading');
  yield* measure('one reading alone', [vitals(1, { ...never, 'heart-rate': 1000 })], readingsIn, 'B/reading');
  yield* measure('synthetic ECG, 10 min in 30 s', await packets(ecg(sized(600, 20))), samplesIn, 'B/sample');
  if (existsSync(`${record}.dat`) && sized(true, false)) {
    const all = [];
    for await (const { readings } of strips(replay(record, { device: 'holter-1', start: noon }))) all.push(readings);
    yield* measure('MIT-BIH record 100 in 30 s', all, samplesIn, 'B/sample', { 'wfdb 212': statSync(`${record}.dat`).size });
  } else console.error('Record 100 of MIT-BIH is not measured here (CARELET_DATA names the folder of recorded inputs).');
}

/** What a default device would send. */
async function packets(readings) {
  const all = [];
  for await (const strip of strips([readings])) all.push(strip.readings);
  return all;
}

function readingsIn(readings) {
  return readings.length;
}

function samplesIn(readings) {
  return readings.reduce((sum, { leads }) => sum + leads.length * leads[0].samples.length, 0);
}

function* measure(what, packets, count, unit, others = {}) {
  const total = packets.reduce((sum, readings) => sum + count(readings), 0);
  const packed = packets.map(packStrip);
  const bytes = (encoded) => encoded.reduce((sum, { length }) => sum + length, 0) / total;
  const ours = bytes(packed);
  const json = packets.map((readings) => Buffer.from(JSON.stringify(readings.map(plain))));
  const cbor = packets.map((readings) => encode(readings.map(plain)));
  const fhir = packets.map((readings) =>
    Buffer.from(printJson(toObservations(readings, { patient: 'Patient/ada', device: 'Device/watch-1', strip: 7 }))),
  );
  const gzip = (encoded) => encoded.map((each) => gzipSync(each, { level: 9 }));
  const theirs = { json: bytes(json), 'json, gzip': bytes(gzip(json)), cbor: bytes(cbor), 'cbor, gzip': bytes(gzip(cbor)) };
  theirs[count === readingsIn ? 'columns in cbor, gzip' : '16-bit samples, gzip'] = bytes(
    gzip(packets.map(count === readingsIn ? columns : int16)),
  );
  Object.assign(theirs, { 'FHIR json': bytes(fhir), 'FHIR json, gzip': bytes(gzip(fhir)) });
  for (const [name, size] of Object.entries(others)) theirs[name] = size / total;
  for (const [name, size] of Object.entries(theirs)) yield figure(`${what}: ${name}`, unit, ours, size);
  const compressing = median(() => gzip(packets.map((readings) => encode(readings.map(plain)))));
  yield figure(
    `${what}: pack, against cbor and gzip`,
    `us/${unit.slice(2)}`,
    median(() => packets.map(packStrip)) / total,
    compressing / total,
  );
  yield figure(`${what}: unpack`, `us/${unit.slice(2)}`, median(() => packed.map(unpackStrip)) / total);
}

/** A reading as JSON and CBOR can say it: samples are a list of numbers. */
function plain(reading) {
  return reading.kind === 'vital' ? reading : { ...reading, leads: reading.leads.map((lead) => ({ ...lead, samples: [...lead.samples] })) };
}

/** What one would do without a codec of one's own: times and values of each sign as lists. */
function columns(readings) {
  const bySign = new Map(readings.map(({ sign }) => [sign, readings.filter((each) => each.sign === sign)]));
  return encode(
    [...bySign].map(([sign, all]) => [sign, all.map(({ at }) => at), ...all[0].values.map((_, i) => all.map(({ values }) => values[i]))]),
  );
}

/** The samples alone, lead by lead. */
function int16(readings) {
  return Buffer.concat(readings.flatMap(({ leads }) => leads.map(({ samples }) => new Uint8Array(Int16Array.from(samples).buffer))));
}

/** Microseconds, the median of nine runs after one. */
function median(run) {
  run();
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    run();
    return (performance.now() - started) * 1000;
  });
  return times.sort((a, b) => a - b)[4];
}
