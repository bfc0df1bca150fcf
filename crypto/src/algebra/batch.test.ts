/**
 * The three ways to do many things at once agree: OpenSSL, WebCrypto, the noble libraries.
 */
import { afterEach, expect, test, vi } from 'vitest';
import { seal } from './aead.ts';
import { type Bytes, cbor, unhex } from './bytes.ts';
import { sha256 } from './hash.ts';
import { seededRandom } from './random.ts';
import { sign, signingKey } from './sign.ts';

const random = seededRandom('algebra/batch');

afterEach(() => {
  vi.doUnmock('./native.ts');
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.resetModules();
});

/** The module as it is in Node, in a browser, and in a browser on a page that is not secure. */
const places = ['Node', 'a browser', 'a page that is not secure', 'a browser that does not know Ed25519'] as const;

async function batchIn(place: (typeof places)[number]): Promise<typeof import('./batch.ts')> {
  vi.resetModules();
  if (place !== 'Node') vi.doMock('./native.ts', () => ({ native: undefined }));
  if (place === 'a page that is not secure') vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  if (place === 'a browser that does not know Ed25519') {
    const { subtle } = crypto;
    vi.spyOn(subtle, 'verify').mockRejectedValue(new Error('nobody asks'));
    const importKey = subtle.importKey.bind(subtle) as (...given: unknown[]) => Promise<never>;
    vi.spyOn(subtle, 'importKey').mockImplementation(async (...given: unknown[]) => {
      if (given[2] === 'Ed25519') throw new DOMException('what is that', 'NotSupportedError');
      return importKey(...given);
    });
  }
  return import('./batch.ts');
}

/** The point that adds nothing, and keys of small order: canonical ones and others. */
const neutral = `01${'00'.repeat(31)}`;
const smallOrder = [
  neutral,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

const changed = (bytes: Bytes, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

for (const place of places) {
  test(`in ${place} many hashes are what each is alone`, async () => {
    const { sha256Each } = await batchIn(place);
    const messages = Array.from({ length: 40 }, (_, i) => random(i * 31));
    expect(await sha256Each(messages)).toEqual(messages.map(sha256));
    expect(await sha256Each([])).toEqual([]);
  });

  test(`in ${place} what is sealed opens and what is changed does not, beside each other`, async () => {
    const { openEach } = await batchIn(place);
    const good = Array.from({ length: 12 }, (_, i) => {
      const [key, nonce, context, message] = [random(32), random(12), random(i), random(i * 100)];
      return { one: { key, nonce, context, sealed: seal('aes-256-gcm', key, nonce, context, message) }, message };
    });
    const { one } = good[7]!;
    const bad = [
      ...Array.from({ length: 40 }, (_, i) => ({ ...one, sealed: changed(one.sealed, i * 17) })),
      { ...one, sealed: changed(one.sealed, one.sealed.length - 1) },
      { ...one, key: random(32) },
      { ...one, nonce: random(12) },
      { ...one, context: random(7) },
      { ...one, sealed: one.sealed.subarray(0, 15) },
      { ...one, sealed: one.sealed.subarray(0, -1) },
    ];
    const opened = await openEach([...bad, ...good.map((each) => each.one)]);
    expect(opened).toEqual([...bad.map(() => null), ...good.map(({ message }) => message)]);
    await expect(openEach([{ ...one, key: random(16) }])).rejects.toThrow(TypeError);
    await expect(openEach([{ ...one, nonce: random(16) }])).rejects.toThrow(TypeError);
  });

  test(`in ${place} each signature is judged by its own key, label and parts`, async () => {
    const { verifyEach } = await batchIn(place);
    const [ada, ben] = [signingKey(random), signingKey(random)];
    const label = 'carelet/v1/test/batch';
    const signed = [ada, ben, ada].map(
      (key, i) => ({ key: key.public, label, parts: [i], signature: sign(key.secret, label, [i]) }) as const,
    );
    const [one] = signed;
    const bad = [
      { ...one!, key: ben.public },
      { ...one!, key: ada.public.subarray(1) },
      { ...one!, key: new Uint8Array(32).fill(255) },
      { ...one!, label: 'carelet/v1/test/other' as const },
      { ...one!, parts: [1] },
      { ...one!, signature: changed(one!.signature, 40) },
      { ...one!, signature: one!.signature.subarray(1) },
      { ...one!, signature: cbor([one!.signature]) },
    ];
    expect(await verifyEach([...signed, ...bad])).toEqual([...signed.map(() => true), ...bad.map(() => false)]);
    expect(await verifyEach([])).toEqual([]);
  });

  test(`in ${place} a key under which anything is signed is judged as it is alone`, async () => {
    const { verifyEach } = await batchIn(place);
    const { verify } = await import('./sign.ts');
    const signature = unhex(neutral + '00'.repeat(32));
    const weak = smallOrder.map((key) => ({ key: unhex(key), label: 'carelet/v1/test/batch', parts: [1], signature }) as const);
    const alone = weak.map(({ key, label, parts }) => verify(key, label, parts, signature));
    expect(await verifyEach(weak)).toEqual(alone);
    if (place !== 'Node') expect(alone).toEqual(weak.map(() => false));
  });
}
