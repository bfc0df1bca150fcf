import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, cbor, equal, hex, utf8 } from '../algebra/bytes.ts';
import { hashOf, sha256 } from '../algebra/hash.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { pad, sizeClass, unpad } from './padding.ts';
import { coversBatch, coversNode, nodeLeaves, proveNode, rowLeaf, signPosting, verifyPosting } from './posting.ts';
import { authorshipCheck, openRow, partsOf, readRows, readyNode, sameRecord, unbind } from './reader.ts';
import { type Row, recordId, rowIdOf } from './row.ts';
import { childKey, descend, newTree, nodeId, recordKeys } from './tree.ts';
import { decodeGrant, encodeGrant, signWrap, verifyWrap, type WrapPlace } from './wrap.ts';
import { bind, sealRow } from './writer.ts';

const random = seededRandom('records');
const tree = newTree(random);
const way = ['202', '2026', '2026-11', '2026-11-20'];
const dayKey = descend(tree.root, way);
const at = { part: 'MI', rowId: random(16), version: 1, nodeId: nodeId(tree.id, '2026-11-20') };

test('a parent opens its children and a child opens neither its parent nor its sister', () => {
  const month = descend(tree.root, way.slice(0, 3));
  expect(childKey(month, '2026-11-20')).toEqual(dayKey);
  const row = sealRow(dayKey, at, utf8('pulse 72'), random);
  for (const other of [tree.root, month, childKey(month, '2026-11-21'), childKey(month, '2026-11')]) {
    expect(openRow(other, 'MI', row)).toEqual({ kind: 'cannot-open' });
  }
});

test('what is sealed opens, whatever it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40_000 }), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (content, version) => {
      const opened = openRow(dayKey, 'MI', sealRow(dayKey, { ...at, version }, content, random));
      expect(opened.kind === 'opened' && equal(opened.content, content)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('a byte changed in any field of a row is noticed', () => {
  const row = sealRow(dayKey, at, utf8('pulse 72'), random);
  const flip = (bytes: Bytes, i: number) => bytes.map((byte, j) => (i === j ? byte ^ 0x40 : byte));
  const changed: [string, Row][] = [];
  for (let i = 0; i < row.ct.length; i += 13) changed.push(['tampered', { ...row, ct: flip(row.ct, i) }]);
  for (let i = 0; i < 32; i++)
    changed.push(['tampered', { ...row, mark: flip(row.mark, i) }], ['cannot-open', { ...row, kc: flip(row.kc, i) }]);
  for (let i = 0; i < 16; i++)
    changed.push(['cannot-open', { ...row, rowId: flip(row.rowId, i) }], ['tampered', { ...row, nodeId: flip(row.nodeId, i) }]);
  changed.push(
    ['cannot-open', { ...row, version: 2 }],
    ['tampered', { ...row, ct: row.ct.subarray(0, -1) }],
    ['tampered', { ...row, ct: new Uint8Array() }],
  );
  for (const [kind, wrong] of changed) expect(openRow(dayKey, 'MI', wrong)).toEqual({ kind });
  expect(openRow(dayKey, 'QID', row)).toEqual({ kind: 'tampered' });
});

test("another record's mark, or another record's ciphertext under this mark, is tampered", () => {
  const one = sealRow(dayKey, at, utf8('one'), random);
  const two = sealRow(dayKey, { ...at, rowId: random(16) }, utf8('two'), random);
  expect(openRow(dayKey, 'MI', { ...one, mark: two.mark })).toEqual({ kind: 'tampered' });
  expect(openRow(dayKey, 'MI', { ...one, ct: two.ct })).toEqual({ kind: 'tampered' });
});

test('many rows are read together as each is alone', async () => {
  const contents = bind(batch(4), author, random).map(({ MI }) => MI!);
  const rows = contents.map((content, i) => sealRow(dayKey, { ...at, rowId: random(16), version: i === 3 ? 2 : 1 }, content, random));
  const flip = (bytes: Bytes) => bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte));
  const changed: Row[] = [
    ...rows,
    { ...rows[0]!, ct: flip(rows[0]!.ct) },
    { ...rows[0]!, mark: flip(rows[0]!.mark) },
    { ...rows[0]!, kc: flip(rows[0]!.kc) },
    { ...rows[0]!, ct: new Uint8Array(3) },
    sealRow(dayKey, at, utf8('no content that bind made'), random),
    sealRow(
      dayKey,
      at,
      contents[0]!.map((byte, i) => (i === contents[0]!.length - 1 ? byte ^ 1 : byte)),
      random,
    ),
  ];
  const read = async (part: 'MI' | 'QID', some: readonly Row[]) =>
    readRows(
      part,
      some.map((row) => ({ node: readyNode(dayKey), row, ctHash: sha256(row.ct) })),
    );
  const all = await read('MI', changed);
  expect(all.map(({ kind }) => kind)).toEqual([
    ...['read', 'read', 'read'],
    ...['tampered', 'tampered', 'tampered', 'cannot-open', 'tampered', 'tampered', 'tampered'],
  ]);
  for (const [i, one] of all.slice(0, 3).entries()) expect(one).toEqual({ kind: 'read', bound: unbind('MI', contents[i]!) });
  expect((await read('QID', rows)).map(({ kind }) => kind)).toEqual(rows.map(() => 'tampered'));
  expect(await readRows('MI', [{ node: readyNode(random(32)), row: rows[0]!, ctHash: sha256(rows[0]!.ct) }])).toEqual([
    { kind: 'cannot-open' },
  ]);
  expect(await read('MI', [])).toEqual([]);
});

test('a writer who gives owner and doctor two different keys is caught by kc', () => {
  const row = sealRow(dayKey, at, utf8('for the owner'), random);
  expect(openRow(random(32), 'MI', row)).toEqual({ kind: 'cannot-open' });
  expect(recordKeys(dayKey, at.rowId, 1).kc).toEqual(row.kc);
});

test('size classes: 1 KiB, powers of two to 16 KiB, then at most 12 % more', () => {
  expect([0, 1023, 1024, 2047, 16383].map(sizeClass)).toEqual([1024, 1024, 2048, 2048, 16384]);
  fc.assert(
    fc.property(fc.integer({ min: 16384, max: 2 ** 30 }), (length) => {
      const size = sizeClass(length);
      expect(size).toBeGreaterThan(length);
      expect(size / (length + 1)).toBeLessThan(1.12);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (content) => equal(unpad(pad(content))!, content)));
  expect(unpad(new Uint8Array(1024))).toBeNull();
  expect(unpad(pad(utf8('x')).subarray(0, 100))).toBeNull();
});

test('a second import gives the same row ids, and the parts of a record look unrelated', () => {
  const key = random(32);
  const rid = recordId(key, 'Observation', 'o-1');
  expect(recordId(key, 'Observation', 'o-1')).toEqual(rid);
  expect(new Set(['EID', 'QID', 'MI'].map((part) => hex(rowIdOf(key, part, rid)))).size).toBe(3);
  expect(recordId(random(32), 'Observation', 'o-1')).not.toEqual(rid);
});

const author = { id: random(16), ...signingKey(random) };
const batch = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ rid: random(16), version: 1, bodies: { EID: utf8(`name ${i}`), MI: utf8(`pulse ${i}`) } }));
const keyOf = (id: Bytes) => (equal(id, author.id) ? author.public : null);

test('parts of one record belong together and parts of two do not', () => {
  const [one, two] = bind(batch(2), author, random).map((contents) => ({
    EID: unbind('EID', contents.EID!)!,
    MI: unbind('MI', contents.MI!)!,
  }));
  expect(sameRecord(one!.EID, one!.MI)).toBe(true);
  expect(sameRecord(one!.EID, two!.MI)).toBe(false);
  expect(partsOf(one!.MI)).toEqual(['EID', 'MI']);
});

test('a part shown as another part, or with another body, is no part', () => {
  const [contents] = bind(batch(1), author, random);
  expect(unbind('QID', contents!.MI!)).toBeNull();
  const bound = unbind('MI', contents!.MI!)!;
  const { author: id, signature, index, count, path } = bound.authorship;
  const forged = cbor([bound.rid, bound.version, bound.salt, bound.hashes, [id, signature, index, count, path], utf8('pulse 180')]);
  expect(unbind('MI', forged)).toBeNull();
  expect(unbind('MI', utf8('no cbor'))).toBeNull();
});

test('one signature vouches for every record of a batch and for nothing else', async () => {
  for (const size of [1, 2, 7]) {
    const bounds = bind(batch(size), author, random).map((contents) => unbind('MI', contents.MI!)!);
    const check = authorshipCheck(keyOf);
    expect(await check(bounds)).toEqual(bounds.map(() => true));
    const [first] = bounds;
    const otherVersion = { ...first!, version: 2 };
    const otherAuthor = { ...first!, authorship: { ...first!.authorship, author: random(16) } };
    expect(await check([otherVersion, first!, otherAuthor])).toEqual([false, true, false]);
    expect(await authorshipCheck(keyOf)([otherVersion, first!, otherAuthor])).toEqual([false, true, false]);
    expect(await authorshipCheck(() => signingKey(random).public)([first!])).toEqual([false]);
    expect(await authorshipCheck(() => null)([first!])).toEqual([false]);
  }
});

test('what was learned from good records of a batch lets no other record in', async () => {
  const random = seededRandom('records/batch');
  const author = signingKey(random);
  const id = random(16);
  const drafts = Array.from({ length: 21 }, () => ({ rid: random(16), version: 1, bodies: { MI: random(40) } }));
  const boundOf = (made: ReturnType<typeof bind>) => made.map(({ MI }) => unbind('MI', MI!)!);
  const good = boundOf(bind(drafts, { id, secret: author.secret }, random));
  const forged = boundOf(
    bind(
      drafts.map((draft) => ({ ...draft, version: 2 })),
      { id, secret: signingKey(random).secret },
      random,
    ),
  );
  let asked = 0;
  const check = authorshipCheck(() => {
    asked++;
    return author.public;
  });
  expect(await check(good)).toEqual(good.map(() => true));
  expect(asked).toBe(1);
  const bad = forged.flatMap((bound, i) => {
    const signed = good[i]!.authorship;
    return [
      { ...bound, authorship: signed },
      { ...bound, authorship: { ...bound.authorship, signature: signed.signature } },
      { ...good[i]!, authorship: { ...signed, index: (i + 1) % good.length } },
      { ...good[i]!, authorship: { ...signed, author: random(16) } },
    ];
  });
  expect(await check(bad)).toEqual(bad.map(() => false));
  expect(await check(good)).toEqual(good.map(() => true));
  // Nor does it matter in which order or company they come.
  expect(await authorshipCheck(() => author.public)([...bad, ...good])).toEqual([...bad.map(() => false), ...good.map(() => true)]);
});

test('a batch is judged the same by two who ask for it at once', async () => {
  const bounds = bind(batch(7), author, random).map((contents) => unbind('MI', contents.MI!)!);
  for (let turns = 0; turns < 20; turns++) {
    const check = authorshipCheck(keyOf);
    const first = check(bounds);
    for (let turn = 0; turn < turns; turn++) await null;
    expect(await Promise.all([first, check([...bounds].reverse())])).toEqual([bounds.map(() => true), bounds.map(() => true)]);
  }
});

test('10,000 guesses at a name, the right one among them, confirm nothing to who holds the medical part alone', () => {
  const [contents] = bind([{ rid: random(16), version: 1, bodies: { EID: utf8('Ada Moreau'), MI: utf8('pulse 72') } }], author, random);
  const mine = unbind('MI', contents!.MI!)!;
  const theirs = unbind('EID', contents!.EID!)!;
  const confirms = (salt: Bytes, name: string) => equal(hashOf('carelet/v1/records/part', 'EID', salt, utf8(name)), mine.hashes[0]);
  expect(confirms(theirs.salt, 'Ada Moreau')).toBe(true);
  const names = ['Ada Moreau', ...Array.from({ length: 9_999 }, (_, i) => `Name ${i}`)];
  expect(names.filter((name) => confirms(mine.salt, name) || confirms(new Uint8Array(32), name))).toEqual([]);
});

const organisation = signingKey(random);
function posting() {
  const rows: Row[] = [];
  for (const day of ['2026-11-18', '2026-11-19', '2026-11-20']) {
    const key = descend(tree.root, [...way.slice(0, 3), day]);
    for (let i = 0; i < 4; i++)
      rows.push(sealRow(key, { part: 'MI', rowId: random(16), version: 1, nodeId: nodeId(tree.id, day) }, utf8(`${day} ${i}`), random));
  }
  const links = [{ nodeId: nodeId(tree.id, '2026-11-20'), parent: nodeId(tree.id, '2026-11') }];
  const head = { writer: random(16), pat: random(16), part: 'MI' };
  return { rows, links, seal: signPosting(organisation.secret, head, rows, links) };
}

test('a posting is its rows, its links and its signature, all of them', () => {
  const { rows, links, seal } = posting();
  expect(verifyPosting(organisation.public, seal)).toBe(true);
  expect(coversBatch(seal, [...rows].reverse(), links)).toBe(true);
  expect(coversBatch(seal, rows.slice(1), links)).toBe(false);
  expect(coversBatch(seal, [...rows.slice(1), { ...rows[0]!, ct: random(100) }], links)).toBe(false);
  expect(coversBatch(seal, rows, [])).toBe(false);
  expect(verifyPosting(signingKey(random).public, seal)).toBe(false);
  for (const wrong of [
    { ...seal, pat: random(16) },
    { ...seal, part: 'QID' },
    { ...seal, nodeCount: 2 },
    { ...seal, postingId: random(16) },
  ]) {
    expect(verifyPosting(organisation.public, wrong)).toBe(false);
  }
});

test('a reader of one day checks it without seeing the others, and misses no row', () => {
  const { rows, seal } = posting();
  const leaves = nodeLeaves(rows);
  for (const { nodeId: node } of leaves) {
    const mine = rows.filter((row) => equal(row.nodeId, node)).map(rowLeaf);
    const proof = proveNode(leaves, node)!;
    expect(coversNode(seal, node, mine, proof)).toBe(true);
    expect(coversNode(seal, node, mine.slice(1), proof)).toBe(false);
    expect(coversNode(seal, random(16), mine, proof)).toBe(false);
    expect(coversNode(seal, node, mine, { ...proof, index: (proof.index + 1) % 3 })).toBe(false);
  }
  expect(proveNode(leaves, random(16))).toBeNull();
});

test('a wrap stands for one node, patient, part, generation and kind, and carries that very node', () => {
  const place: WrapPlace = { nodeId: at.nodeId, pat: random(16), part: 'MI', gen: 0, kind: 'owner' };
  const grant = {
    key: dayKey,
    treeId: tree.id,
    writer: random(16),
    part: 'MI',
    category: ['vital-signs', 'N', 'none'] as const,
    period: '2026-11-20',
  };
  expect(decodeGrant(encodeGrant(grant), place)).toEqual(grant);
  expect(decodeGrant(encodeGrant({ ...grant, period: '2026-11-19' }), place)).toBeNull();
  expect(decodeGrant(encodeGrant({ ...grant, treeId: random(16) }), place)).toBeNull();
  expect(decodeGrant(encodeGrant({ ...grant, part: 'EID' }), place)).toBeNull();
  expect(decodeGrant(utf8('nothing'), place)).toBeNull();

  const body = random(200);
  const signature = signWrap(organisation.secret, place, body);
  expect(verifyWrap(organisation.public, place, body, signature)).toBe(true);
  const elsewhere: WrapPlace[] = [
    { ...place, nodeId: random(16) },
    { ...place, pat: random(16) },
    { ...place, part: 'QID' },
    { ...place, gen: 1 },
    { ...place, kind: 'policy' },
  ];
  for (const other of elsewhere) expect(verifyWrap(organisation.public, other, body, signature)).toBe(false);
  expect(verifyWrap(organisation.public, place, random(200), signature)).toBe(false);
});

test('without the tree in the wrap, a holder of a closed month could not find which rows its days open', () => {
  const month = descend(tree.root, way.slice(0, 3));
  expect(childKey(month, '2026-11-20')).toEqual(dayKey);
  expect(nodeId(tree.id, '2026-11-20')).toEqual(at.nodeId);
  expect(nodeId(newTree(random).id, '2026-11-20')).not.toEqual(at.nodeId);
});
