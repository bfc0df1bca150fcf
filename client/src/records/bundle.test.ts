import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Json, parseJson, printJson } from '@carelet/care/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BundleItem, entries } from './bundle.ts';

const data = resolve(import.meta.dirname, '../../..', process.env.CARELET_DATA ?? '../shared/data');
const present = existsSync(join(data, '01-fhir-synthea'));
/** Tests on recorded resources; where these are absent, one line at the end says so. */
const recorded = present ? test : (): void => {};

async function* chunks(text: string | Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let i = 0; i < bytes.length; i += size) yield bytes.slice(i, i + size);
}

async function read(text: string | Uint8Array, size?: number): Promise<BundleItem[]> {
  const items: BundleItem[] = [];
  for await (const item of entries(chunks(text, size))) items.push(item);
  return items;
}

/** What came, in short: ids, or why not. */
const told = (items: readonly BundleItem[]) =>
  items.map((item) => ('entry' in item ? item.entry.resource.id : `${item.refused.place} | ${item.refused.because}`));
const patient = (id: string) => ({ resourceType: 'Patient', id });
const entry = (id: string) => ({ fullUrl: `urn:uuid:${id}`, resource: patient(id), request: { method: 'POST', url: 'Patient' } });
const bundle = (...entries: unknown[]) => ({ resourceType: 'Bundle', type: 'transaction', entry: entries });
const text = JSON.stringify;

test('a document is one record, and so is every line of .ndjson', async () => {
  const document = { resourceType: 'Bundle', id: 'd', type: 'document', entry: [entry('a')] };
  expect(told(await read(text(document)))).toEqual(['d']);
  expect(told(await read(text({ ...document, type: 'message' }), 7))).toEqual(['d']);
  const lines = `${text({ ...bundle(entry('a')), id: 'b' })}\n${text(patient('c'))}\n`;
  const items: BundleItem[] = [];
  for await (const item of entries(chunks(lines), { lines: true })) items.push(item);
  expect(told(items)).toEqual(['b', 'c']);
  expect(told(await read(lines))).toEqual(['a', 'c']);
});

test('a bundle gives its entries, whatever the order of its members', async () => {
  expect(told(await read(text(bundle(entry('a'), entry('b')))))).toEqual(['a', 'b']);
  expect(told(await read(text({ entry: [entry('a'), entry('b')], type: 'batch', resourceType: 'Bundle' })))).toEqual(['a', 'b']);
  expect((await read(text(bundle(entry('a')))))[0]).toEqual({ entry: { fullUrl: 'urn:uuid:a', resource: patient('a') } });
  expect(await read(text(bundle()))).toEqual([]);
  expect(await read(text({ resourceType: 'Bundle', type: 'searchset', total: 0 }))).toEqual([]);
});

test('one resource, an array of resources and bundles, and lines of them do as well', async () => {
  expect(told(await read(text(patient('a'))))).toEqual(['a']);
  expect(told(await read(JSON.stringify(patient('a'), null, 2)))).toEqual(['a']);
  expect(told(await read(text([patient('a'), bundle(entry('b'), entry('c')), entry('d')])))).toEqual(['a', 'b', 'c', 'd']);
  expect(told(await read(`${text(patient('a'))}\r\n\n${text(bundle(entry('b')))}\n${text(patient('c'))}`))).toEqual(['a', 'b', 'c']);
  expect(told(await read(`\ufeff${text(patient('a'))}`))).toEqual(['a']);
});

test('a List has an entry too, and is no bundle', async () => {
  const list = {
    resourceType: 'List',
    id: 'l',
    status: 'current',
    mode: 'working',
    entry: [{ item: { reference: 'Patient/a' } }, { item: { reference: 'Patient/b' } }],
  };
  const { resourceType, ...rest } = list;
  for (const order of [list, { ...rest, resourceType }, { entry: list.entry, resourceType, id: 'l', status: 'current', mode: 'working' }]) {
    for (const size of [1, 7, 1000]) expect(await read(text(order), size)).toEqual([{ entry: { resource: order } }]);
  }
});

test('numbers keep their digits', async () => {
  const [item] = await read('{"resourceType":"Observation","valueQuantity":{"value":1.00}}');
  expect(printJson((item as { entry: { resource: Json } }).entry.resource)).toBe(
    '{"resourceType":"Observation","valueQuantity":{"value":1.00}}',
  );
});

test('an entry that is wrong is refused by its place, and the others come', async () => {
  const wrong = bundle(
    entry('a'),
    { request: { method: 'DELETE', url: 'Patient/x' } },
    { resource: { resourceType: 'Patient', name: [] } },
    7,
    { resource: { id: 'x' } },
    entry('b'),
  );
  const at = (begin: string) => text(wrong).indexOf(begin);
  expect(told(await read(text(wrong)))).toEqual([
    'a',
    `entry 2 at byte ${at('{"request":{"method":"DELETE"')}: an entry | it has no resource`,
    `entry 3 at byte ${at('{"resource":{"resourceType":"Patient","name"')}: Patient.name | an array must not be empty`,
    `entry 4 at byte ${at(',7,') + 1} | it is not an object`,
    `entry 5 at byte ${at('{"resource":{"id"')}: a resource | it has no resourceType`,
    'b',
  ]);
});

test('an entry whose JSON is broken but for its brackets is refused with line and column', async () => {
  const broken =
    '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient",\n"id":a}},{"resource":{"resourceType":"Patient","id":"b"}},{"resource":{"id":"c","id":"c"}}]}';
  expect(told(await read(broken))).toEqual([
    'entry 1 at byte 34 | expected a value (line 2, column 6)',
    'b',
    'entry 3 at byte 131 | the same name twice in one object (line 1, column 23)',
  ]);
});

test('what comes after brackets that do not fit is not guessed at, unless it is a line of its own', async () => {
  expect(
    told(await read('{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a"}},{"x":[}]},{"resource":{}}]}')),
  ).toEqual(['a', 'entry 2 at byte 89 | brackets that do not fit']);
  const lines = [
    text(patient('a')),
    '{"resourceType":"Patient","name":[{',
    text(patient('b')),
    '{"resourceType":"Pati',
    text(patient('c')),
    'hello',
    text(patient('d')),
  ];
  expect(told(await read(lines.join('\n')))).toEqual([
    'a',
    'entry 2 at byte 72 | a bracket where none can be',
    'b',
    'entry 4 at byte 129 | a string that does not end on its line',
    'c',
    'entry 6 at byte 166 | neither an object nor an array',
    'd',
  ]);
});

test('a file that ends in the middle says so, after what came before', async () => {
  const whole = text(bundle(entry('a'), entry('b')));
  expect(told(await read(whole.slice(0, -30)))).toEqual(['a', `entry 2 at byte ${whole.length - 30} | the file ends in the middle`]);
  expect(told(await read(whole.slice(0, -1)))).toEqual(['a', 'b', `entry 3 at byte ${whole.length - 1} | the file ends in the middle`]);
});

test('a bundle that says too late that it is none is refused after its entries', async () => {
  expect(told(await read(text({ entry: [entry('a')], resourceType: 'List' })))).toEqual([
    'a',
    'byte 0: Bundle | it has the entries of a Bundle, but another resourceType',
  ]);
  expect(told(await read(text({ entry: [entry('a')] })))).toEqual(['a', 'byte 0: Bundle | it has entries, but no resourceType']);
  expect(told(await read('{"resourceType":"Bundle","type":}'))).toEqual(['entry 1 at byte 0 | expected a value (line 1, column 33)']);
  expect(told(await read(text({ resourceType: 'Bundle', entry: {} })))).toEqual(['entry 1 at byte 0 | its entry must be an array']);
});

test('a file of another kind is refused at once', async () => {
  expect(told(await read(''))).toEqual(['the file | it is empty']);
  expect(told(await read('<Bundle/>'))).toEqual(['the file | it is XML; we read JSON']);
  expect(told(await read(new Uint8Array([0x1f, 0x8b, 8])))).toEqual(['the file | it is compressed; unpack it first']);
  expect(told(await read(new Uint8Array([0xff, 0xfe, 0x7b, 0])))).toEqual(['the file | it is UTF-16; FHIR is UTF-8']);
  expect(told(await read('just text'))).toEqual(['entry 1 at byte 0 | neither an object nor an array']);
  expect(
    told(await read(new Uint8Array([...new TextEncoder().encode('{"resourceType":"'), 0xff, ...new TextEncoder().encode('"}')]))),
  ).toEqual(['entry 1 at byte 0 | it is not UTF-8']);
});

test('a resource larger than any is refused before it fills the memory, and the next one comes', async () => {
  async function* flood() {
    yield new TextEncoder().encode(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Binary","data":"`);
    const block = new Uint8Array(1024 * 1024).fill(0x41);
    for (let i = 0; i < 80; i++) yield block;
    yield new TextEncoder().encode(`"}},${text(entry('b'))}]}`);
  }
  const items: BundleItem[] = [];
  for await (const item of entries(flood())) items.push(item);
  expect(told(items)).toEqual(['entry 1 at byte 34 | it is larger than 64 MiB', 'b']);
});

test('chunks may be cut anywhere', async () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
  const one = fc.record({ name, number: fc.constantFrom('1.0', '-0.50', '7'), bundled: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('bundle', 'late', 'array', 'lines'),
      async (all, size, form) => {
        const resources = all.map(({ name, number }) => `{"resourceType":"Basic","a":${text(name)},"b":[${number}]}`);
        const wrapped = resources.map((resource) => `{ "resource" : ${resource}\n}`).join(' ,\n');
        const source =
          form === 'bundle'
            ? `{"resourceType":"Bundle","entry":[${wrapped}]}`
            : form === 'late'
              ? `{ "id":"\\u0041\\"[", "entry" : [ ${wrapped} ] , "resourceType":"Bundle" }`
              : form === 'array'
                ? `[${resources.join(',')}]`
                : resources.join('\n');
        const items = await read(source, size);
        expect(items.map((item) => ('entry' in item ? printJson(item.entry.resource) : item.refused))).toEqual(
          source === ''
            ? [{ kind: 'refused', place: 'the file', because: 'it is empty' }]
            : resources.map((resource) => printJson(parseJson(resource))),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('no damage makes it throw or hang', async () => {
  const whole = text(bundle(entry('a'), entry('b')));
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.string({ maxLength: 4 }), fc.nat({ max: 20 }), async (at, put, cut) => {
      const i = at % whole.length;
      for (const item of await read(whole.slice(0, i) + put + whole.slice(i + cut), 50))
        expect('entry' in item || item.refused.because !== '').toBe(true);
    }),
    { numRuns: 1000 },
  );
});

recorded('the bundles of Synthea give what JSON.parse gives', async () => {
  for (const folder of ['gsd-r4', 'notes-r4']) {
    for (const file of readdirSync(join(data, '01-fhir-synthea', folder)).slice(0, 3)) {
      const bytes = gunzipSync(readFileSync(join(data, '01-fhir-synthea', folder, file)));
      const whole = parseJson(bytes.toString()) as unknown as { entry: { fullUrl: string; resource: Json }[] };
      const items = await read(bytes);
      expect(items.length).toBe(whole.entry.length);
      items.forEach((item, i) => {
        const same =
          'entry' in item &&
          item.entry.fullUrl === whole.entry[i]!.fullUrl &&
          printJson(item.entry.resource) === printJson(whole.entry[i]!.resource);
        if (!same) expect(item, `${file} ${i}`).toEqual(whole.entry[i]);
      });
    }
  }
});

if (!present) test.skip('the Synthea bundles are not here (CARELET_DATA)', () => {});
