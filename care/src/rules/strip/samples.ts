/**
 * One lead of a waveform: a polynomial predictor and Rice codes.
 *
 * Each block of 64 samples is predicted from the samples before it by the polynomial of degree 0 to 2 through
 * them (order 1, 2 or 3), or by nothing (order 0), whichever leaves least; what is left is zigzagged and Rice
 * coded with the block's own parameter. On a smooth pulse wave order 2 wins nearly always, on an electrocardiogram
 * the flat stretches want order 1 and the complexes order 2 or 3. It is the codec of Shorten (Robinson 1994) and of
 * FLAC's fixed subframes (RFC 9639 §9.2.5), with a limit on the unary part so that one spike costs bytes and not
 * kilobytes.
 *
 * @module
 */
import { type BitReader, type BitWriter, bitsOf, malformed, unzigzag, zigzag } from './bits.ts';

const block = 64;
const orders = [0, 1, 2, 3] as const;
/** A quotient this large is not written in unary: the residual follows as it is. */
const unaryLimit = 20;
/** Order 3 of 32-bit samples reaches 2^34; zigzagged 35 bits. */
const residualBits = 36;

/** The first sample, then blocks of: order (2 bits), Rice parameter (5 bits), residuals. */
export function writeSamples(to: BitWriter, samples: Int32Array): void {
  to.signed(samples[0]!);
  for (let start = 1; start < samples.length; start += block) {
    const end = Math.min(start + block, samples.length);
    const { order, k, residuals } = cheapest(samples, start, end);
    to.write(order, 2);
    to.write(k, 5);
    const divisor = 2 ** k;
    for (const residual of residuals) {
      const quotient = Math.floor(residual / divisor);
      if (quotient < unaryLimit) {
        to.ones(quotient);
        to.write(0, 1);
        to.write(residual % divisor, k);
      } else {
        to.ones(unaryLimit);
        to.write(residual, residualBits);
      }
    }
  }
}

/** A sample costs at least one bit, so a count larger than what is left is a lie and costs no memory. */
export function readSamples(from: BitReader, count: number): Int32Array {
  if (count - 1 > from.left) throw malformed('it has fewer samples than it says');
  const samples = new Int32Array(count);
  samples[0] = int32(from.signed());
  for (let start = 1; start < count; start += block) {
    const end = Math.min(start + block, count);
    const order = from.read(2);
    const k = from.read(5);
    const divisor = 2 ** k;
    for (let n = start; n < end; n++) {
      const quotient = from.ones(unaryLimit);
      const residual = quotient < unaryLimit ? quotient * divisor + from.read(k) : from.read(residualBits);
      samples[n] = int32(predict(samples, n, order) + unzigzag(residual));
    }
  }
  return samples;
}

/** What the polynomial through the last `order` samples says comes next. Before the first sample, it was as the first. */
function predict(x: Int32Array, n: number, order: number): number {
  const a = x[n - 1]!;
  if (order < 2) return order * a;
  const b = n > 1 ? x[n - 2]! : a;
  if (order === 2) return 2 * a - b;
  const c = n > 2 ? x[n - 3]! : b;
  return 3 * (a - b) + c;
}

type Choice = { order: number; k: number; residuals: readonly number[] };

function cheapest(samples: Int32Array, start: number, end: number): Choice {
  let best: Choice = { order: 0, k: 0, residuals: [] };
  let least = Number.POSITIVE_INFINITY;
  for (const order of orders) {
    const residuals: number[] = [];
    let sum = 0;
    for (let n = start; n < end; n++) {
      const residual = zigzag(samples[n]! - predict(samples, n, order));
      residuals.push(residual);
      sum += residual;
    }
    // The best parameter is never above the logarithm of the mean; it lies just below, or far below under a spike.
    const most = Math.min(31, bitsOf(Math.floor(sum / residuals.length)));
    for (let k = most; k >= 0; k--) {
      const bits = cost(residuals, k, least);
      if (bits < least) {
        least = bits;
        best = { order, k, residuals };
      }
    }
  }
  return best;
}

/** Bits of the residuals under a parameter; gives up above `enough`. */
function cost(residuals: readonly number[], k: number, enough: number): number {
  const divisor = 2 ** k;
  let bits = 0;
  for (const residual of residuals) {
    const quotient = Math.floor(residual / divisor);
    bits += quotient < unaryLimit ? quotient + 1 + k : unaryLimit + residualBits;
    if (bits >= enough) return bits;
  }
  return bits;
}

function int32(value: number): number {
  if ((value | 0) !== value) throw malformed('a sample has more than 32 bits');
  return value;
}
