// Makes a picture of a page small: a PNG with at most 256 colours, the most used ones. Only Node's built-ins.
//
// A page has few colours and many shades where letters meet paper; of these the rare ones become their nearest neighbour.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** A PNG of eight bits a channel, as browsers make them, as one with a palette; gives the smaller of the two. */
export function withPalette(png) {
  const { width, height, channels, data } = read(png);
  const pixels = unfilter(inflateSync(data), width, height, channels);
  const { colours, indexOf } = palette(pixels, channels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = indexOf(colourAt(pixels, (y * width + x) * channels));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const small = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return small.length < png.length ? small : png;
}

function read(png) {
  const pieces = [];
  let header;
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') pieces.push(body);
    at += length + 12;
  }
  const [depth, kind] = [header[8], header[9]];
  if (depth !== 8 || (kind !== 2 && kind !== 6)) throw new TypeError('a PNG of eight bits a channel, with red, green and blue, is needed');
  return { width: header.readUInt32BE(0), height: header.readUInt32BE(4), channels: kind === 2 ? 3 : 4, data: Buffer.concat(pieces) };
}

/** Undoes what PNG does to each line before packing it. */
function unfilter(lines, width, height, channels) {
  const stride = width * channels;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? pixels[at - channels] : 0;
      const up = y > 0 ? pixels[at - stride] : 0;
      const corner = x >= channels && y > 0 ? pixels[at - stride - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[at] = lines[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return pixels;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

const colourAt = (pixels, at) => (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];

/** The 256 colours most used, and which of them stands for any other. */
function palette(pixels, channels) {
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = colourAt(pixels, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const colours = [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, 256)
    .map(([colour]) => colour);
  const known = new Map(colours.map((colour, index) => [colour, index]));
  const indexOf = (colour) => {
    let index = known.get(colour);
    if (index === undefined) {
      index = nearest(colours, colour);
      known.set(colour, index);
    }
    return index;
  };
  return { colours, indexOf };
}

function nearest(colours, colour) {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, one] of colours.entries()) {
    const [red, green, blue] = [16, 8, 0].map((shift) => ((one >> shift) & 255) - ((colour >> shift) & 255));
    const distance = 2 * red * red + 4 * green * green + 3 * blue * blue;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type, body) {
  const piece = Buffer.alloc(body.length + 12);
  piece.writeUInt32BE(body.length, 0);
  piece.write(type, 4, 'latin1');
  body.copy(piece, 8);
  piece.writeUInt32BE(crc32(piece.subarray(4, body.length + 8)), body.length + 8);
  return piece;
}
