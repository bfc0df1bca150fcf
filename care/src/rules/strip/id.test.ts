import { expect, test } from 'vitest';
import { readingId, sha1 } from './id.ts';

// Python: uuid.uuid5(uuid.UUID('5d0c7f3e-94a6-4b1d-8e02-c1f7a2b96d38'), name)
test.each([
  ['watch-1', 7, 0, 'c3e64741-ba66-52de-9829-ecaeaad4a011'],
  ['watch-1', 7, 1, '41604f56-ee47-5275-87aa-f06e6853d8d3'],
  ['a'.repeat(64), 2 ** 32, 65_535, '9362b9ee-b9e0-5692-986a-d25fe7a1f158'],
])('reading %s/%i/%i has the id that any tool for UUIDs gives it', (device, strip, index, id) => {
  expect(readingId(device, strip, index)).toBe(id);
});

// Python: hashlib.sha1; the lengths lie at the borders of the padding.
test.each([
  [0, 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  [55, 'c1c8bbdc22796e28c0e15163d20899b65621d65a'],
  [56, 'c2db330f6083854c99d4b5bfb6e8f29f201be699'],
  [119, 'ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56'],
  [1000, '291e9a6c66994949b57ba5e650361e98fc36b1ba'],
])('SHA-1 of %i letters a', (length, digest) => {
  expect(Buffer.from(sha1(new TextEncoder().encode('a'.repeat(length)))).toString('hex')).toBe(digest);
});
