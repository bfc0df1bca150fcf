/**
 * WFDB: the records of PhysioNet, read as they lie on disk.
 *
 * A record is a header and files of packed samples. Formats 16 and 212 are read, with several samples a frame,
 * several files and several segments; what is not (other formats, skew) is refused by name. Before a record
 * gives its first sample, its files are measured and every checksum in its headers is recomputed: a truncated or
 * changed record gives nothing rather than something.
 *
 * @module
 */
import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CareletError, checkReading, type Lead, readingLimits, type WaveformReading } from '@carelet/care/model';
import { ucumOf } from './ucum.ts';
import { parseHeader, refuseRecord, type WfdbHeader, type WfdbSignal } from './wfdb/header.ts';
import { type Packing, packings } from './wfdb/samples.ts';

export { parseHeader, type WfdbHeader, type WfdbSegment, type WfdbSignal } from './wfdb/header.ts';

/** A record, ready to be read. */
export type WfdbRecord = {
  readonly header: WfdbHeader;
  /** Length of the whole in frames and seconds. */
  readonly frames: number;
  readonly seconds: number;
  /** Frames of all signals that fit into one reading. */
  readonly mostFrames: number;
  /** Recomputes every checksum; throws `invalid` at the first that differs. */
  verify(): Promise<void>;
  /** The samples in blocks of at most so many frames, segment after segment; verified by nobody. */
  blocks(frames: number): AsyncGenerator<WfdbBlock>;
};

/** Consecutive frames: `samples[i]` belongs to `signals[i]`, `samplesPerFrame` of them for each frame. */
export type WfdbBlock = {
  /** The first frame, counted from the beginning of the record. */
  readonly frame: number;
  readonly signals: readonly WfdbSignal[];
  readonly samples: readonly Int32Array[];
};

/** Signals that lie interleaved in one file, and where in their segment's list. */
type Group = { path: string; name: string; offset: number; packing: Packing; signals: readonly WfdbSignal[]; perFrame: number };
/** One stretch of the record; a gap has no group. */
type Piece = { name: string; first: number; frames: number; signals: readonly WfdbSignal[]; groups: readonly Group[] };

const maxHeader = 1 << 20;
/** Samples read at once while verifying. */
const chunk = 262_144;

/**
 * Opens a record by its header (`…/100.hea`) or its name (`…/100`). Files are found beside it and measured.
 *
 * @throws {CareletError} `missing` where a file is; `invalid` where a header is malformed, a format unknown, or a
 * file shorter than its header says
 *
 * @example
 * ```ts no-run
 * import { openWfdb } from '@carelet/wearable/wfdb';
 * const record = await openWfdb('mitdb/100');
 * await record.verify();
 * for await (const { samples } of record.blocks(3600)) console.log(samples[0]?.[0]); // 995, …
 * ```
 */
export async function openWfdb(path: string): Promise<WfdbRecord> {
  const headerPath = path.endsWith('.hea') ? path : `${path}.hea`;
  const header = await readHeader(headerPath);
  const pieces = header.segments === undefined ? [await pieceOf(header, headerPath, 0)] : await piecesOf(header, headerPath);
  const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
  return {
    header,
    frames,
    seconds: frames / header.frequency,
    mostFrames: Math.floor(readingLimits.samples / Math.max(...pieces.map(perFrameOf))),
    verify: async () => {
      for (const piece of pieces) for (const group of piece.groups) await verifyGroup(group, piece.frames);
    },
    blocks: (count) => blocksOf(pieces, count),
  };
}

/**
 * A record as readings: verified first, then block after block, nothing kept in memory.
 *
 * @param options `start` in UTC milliseconds (else the header's date, its clock read as UTC), `seconds` a block,
 * `device` the readings name
 * @returns for each block one reading for every sampling frequency in it
 * @throws {CareletError} as `openWfdb`; `invalid` where neither header nor caller says when it began, or a checksum differs
 */
export async function* wfdbReadings(
  path: string,
  options: { readonly device: string; readonly start?: number | undefined; readonly seconds?: number | undefined },
): AsyncGenerator<WaveformReading[]> {
  const record = await openWfdb(path);
  const { frequency } = record.header;
  const began = options.start ?? record.header.start;
  if (began === undefined) throw refuseRecord(record.header.record, 'its header has no date: say when it began');
  await record.verify();
  const wanted = Math.round((options.seconds ?? 10) * frequency);
  for await (const block of record.blocks(Math.max(1, Math.min(wanted, record.mostFrames)))) {
    const rates = [...new Set(block.signals.map(({ samplesPerFrame }) => samplesPerFrame))];
    yield rates.map((rate) =>
      checkReading({
        kind: 'waveform',
        at: began + Math.round((block.frame * 1000) / frequency),
        device: options.device,
        frequency: frequency * rate,
        leads: block.signals.flatMap((signal, i) => (signal.samplesPerFrame === rate ? [leadOf(signal, block.samples[i]!)] : [])),
      }),
    );
  }
}

function leadOf({ description, unit, gain, baseline, format }: WfdbSignal, samples: Int32Array): Lead {
  const name = description.replaceAll(/\p{C}/gu, ' ').trim().slice(0, 64);
  return { name: name === '' ? '?' : name, unit: ucumOf(unit), gain, baseline, absent: packings.get(format)!.absent, samples };
}

async function readHeader(path: string): Promise<WfdbHeader> {
  const name = basename(path);
  try {
    if ((await stat(path)).size > maxHeader) throw refuseRecord(name, 'it is too long for a header');
    return parseHeader(await readFile(path, 'utf8'), name);
  } catch (error) {
    throw orMissing(error, name);
  }
}

async function piecesOf(header: WfdbHeader, path: string): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let first = 0;
  for (const [i, { name, frames }] of header.segments!.entries()) {
    // A record of variable layout begins with a segment of no length that only lists all its signals.
    if (i === 0 && frames === 0) continue;
    const segmentPath = join(dirname(path), `${name}.hea`);
    const piece =
      name === '~'
        ? { name, first, frames, signals: [], groups: [] }
        : await pieceOf(await segmentHeader(segmentPath, header), segmentPath, first);
    if (piece.frames !== frames)
      throw refuseRecord(header.record, `its segment ${name} should have ${frames} samples and has ${piece.frames}`);
    pieces.push(piece);
    first += frames;
  }
  if (header.frames !== undefined && header.frames !== first) {
    throw refuseRecord(header.record, `its segments have ${first} samples together, not ${header.frames}`);
  }
  return pieces;
}

async function segmentHeader(path: string, { record, frequency }: WfdbHeader): Promise<WfdbHeader> {
  const header = await readHeader(path);
  if (header.segments !== undefined) throw refuseRecord(record, `its segment ${header.record} has segments itself`);
  if (header.frequency !== frequency) throw refuseRecord(record, `its segment ${header.record} has another frequency`);
  return header;
}

/** Groups the signals by file, and holds each file against what the header says. */
async function pieceOf(header: WfdbHeader, path: string, first: number): Promise<Piece> {
  const { record, signals, frequency } = header;
  if (signals.length === 0) throw refuseRecord(record, 'it has no signal');
  if (signals.length > readingLimits.leads) throw refuseRecord(record, `it has more than ${readingLimits.leads} signals`);
  for (const { samplesPerFrame } of signals) {
    if (samplesPerFrame < 1 || frequency * samplesPerFrame > readingLimits.frequency)
      throw refuseRecord(record, 'a signal has no sample a frame, or is faster than 100 kHz');
  }
  const files = [...new Set(signals.map(({ file }) => file))];
  const groups = files.map((file) =>
    groupOf(
      record,
      join(dirname(path), file),
      signals.filter((signal) => signal.file === file),
    ),
  );
  const room = await Promise.all(groups.map(framesIn));
  const frames = header.frames ?? Math.min(...room);
  for (const [i, group] of groups.entries()) {
    if (room[i]! < frames) throw refuseRecord(group.name, `it is truncated: it ends after ${room[i]} of ${frames} samples`);
  }
  if (frames === 0) throw refuseRecord(record, 'it has no sample');
  return { name: record, first, frames, signals: groups.flatMap((group) => group.signals), groups };
}

function groupOf(record: string, path: string, signals: readonly WfdbSignal[]): Group {
  const { format, offset } = signals[0]!;
  const packing = packings.get(format);
  if (packing === undefined)
    throw refuseRecord(record, `format ${format} is not read here; formats ${[...packings.keys()].join(' and ')} are`);
  let perFrame = 0;
  for (const signal of signals) {
    if (signal.format !== format || signal.offset !== offset)
      throw refuseRecord(record, `signals in ${basename(path)} differ in format or offset`);
    if (signal.skew !== 0) throw refuseRecord(record, `skew is not read here, and ${signal.description} has one`);
    perFrame += signal.samplesPerFrame;
  }
  return { path, name: basename(path), offset, packing, signals, perFrame };
}

/** Whole frames in a group's file. */
async function framesIn({ path, name, offset, packing, perFrame }: Group): Promise<number> {
  try {
    const { size } = await stat(path);
    return Math.max(0, Math.floor(packing.samples(Math.max(0, size - offset)) / perFrame));
  } catch (error) {
    throw orMissing(error, name);
  }
}

const perFrameOf = ({ groups }: Piece): number => groups.reduce((sum, { perFrame }) => sum + perFrame, 1);

async function* blocksOf(pieces: readonly Piece[], count: number): AsyncGenerator<WfdbBlock> {
  for (const { first, frames, signals, groups } of pieces) {
    if (groups.length === 0) continue;
    const readers = groups.map((group) => framesOf(group, frames, count));
    try {
      for (let frame = 0; frame < frames; frame += count) {
        const samples: Int32Array[] = [];
        for (const reader of readers) samples.push(...(await reader.next()).value!);
        yield { frame: first + frame, signals, samples };
      }
    } finally {
      for (const reader of readers) await reader.return(undefined);
    }
  }
}

/** The samples of a file by signal, `count` frames at a time. */
async function* framesOf(group: Group, frames: number, count: number): AsyncGenerator<Int32Array[], undefined> {
  const { path, name, offset, packing, perFrame } = group;
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path);
  } catch (error) {
    throw orMissing(error, name);
  }
  try {
    for (let frame = 0; frame < frames; frame += count) {
      const here = Math.min(count, frames - frame);
      const wanted = frame * perFrame;
      const aligned = packing.aligned(wanted);
      const begin = packing.bytes(aligned);
      const bytes = new Uint8Array(packing.bytes(wanted + here * perFrame) - begin);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset + begin);
      if (bytesRead < bytes.length) throw refuseRecord(name, 'it became shorter while it was read');
      yield deal(packing.unpack(bytes, wanted - aligned + here * perFrame).subarray(wanted - aligned), group, here);
    }
  } finally {
    await file.close();
  }
  return undefined;
}

/** Interleaved samples to their signals. */
function deal(mixed: Int32Array, { signals, perFrame }: Group, frames: number): Int32Array[] {
  let before = 0;
  return signals.map(({ samplesPerFrame }) => {
    const own = new Int32Array(frames * samplesPerFrame);
    for (let frame = 0; frame < frames; frame++) {
      const from = frame * perFrame + before;
      for (let i = 0; i < samplesPerFrame; i++) own[frame * samplesPerFrame + i] = mixed[from + i]!;
    }
    before += samplesPerFrame;
    return own;
  });
}

async function verifyGroup(group: Group, frames: number): Promise<void> {
  const sums = group.signals.map(() => 0);
  for await (const samples of framesOf(group, frames, Math.ceil(chunk / group.perFrame))) {
    for (const [i, run] of samples.entries()) for (const sample of run) sums[i] = (sums[i]! + sample) & 0xffff;
  }
  for (const [i, { checksum, description }] of group.signals.entries()) {
    if (checksum !== undefined && (checksum & 0xffff) !== sums[i]) {
      throw refuseRecord(group.name, `wrong checksum of ${description}: the file was changed, or belongs to another header`);
    }
  }
}

function orMissing(error: unknown, name: string): CareletError {
  if (error instanceof CareletError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return new CareletError('missing', 'read WFDB record', { subject: name, because: 'there is no such file' });
  return refuseRecord(name, 'the file cannot be read', error);
}
