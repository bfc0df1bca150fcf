import { newKeyring } from '@carelet/client/keyring/keyring';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { signManifest } from '@carelet/crypto/cards/manifest';
import { expect, test } from 'vitest';
import { latelyIn } from './lately.ts';
import type { Person } from './person.ts';

const now = Date.parse('2026-11-20T09:41:00Z');
const random = seededRandom('lately');
const issuers = [0, 1].map((issuer) => ({ issuer, ...signingKey(random) }));
const manifest = signManifest({ town: 'a town', serial: 1, issuers: issuers.map((key) => key.public), domains: [] }, issuers);
const sam = { keyring: newKeyring('administrator', 'sam', 'Sam', manifest, 2_000_000_000) } as Person;

const silent = async (): Promise<Response> => new Response(null, { status: 503 });
const span = (time: string, passed: number, waiting: number) => ({ from: `2026-11-20T${time}:00.000Z`, passed, waiting });
const box =
  (spans: object[], outages: object[] = []) =>
  async (): Promise<Response> =>
    Response.json({ spans, outages });

const asked = (boxes: Record<string, () => Promise<Response>>) =>
  latelyIn(
    {
      town: 'a town',
      manifest: '',
      authority: silent,
      cloud: silent,
      cloudlets: Object.entries(boxes).map(([organisation, where]) => ({ organisation, where })),
    },
    sam,
    () => now,
  );

test('what two clinics count in the same two minutes adds up, and their outages stand side by side', async () => {
  const outage = { began: '2026-11-20T09:39:00.000Z', ended: null };
  const { spans, outages, silent } = await asked({
    Northgate: box([span('09:36', 3, 0), span('09:38', 2, 1)], [outage]),
    Riverside: box([span('09:38', 4, 0), span('09:40', 1, 0)], [{ began: '2026-11-20T09:00:00.000Z', ended: '2026-11-20T09:05:00.000Z' }]),
  });
  const at = (time: string) => Date.parse(`2026-11-20T${time}:00Z`);
  expect(spans).toEqual([
    { from: at('09:36'), passed: 3, waiting: 0 },
    { from: at('09:38'), passed: 6, waiting: 1 },
    { from: at('09:40'), passed: 1, waiting: 0 },
  ]);
  expect(outages).toEqual([
    { from: at('09:39'), to: null },
    { from: at('09:00'), to: at('09:05') },
  ]);
  expect(silent).toEqual([]);
});

test('a clinic that does not answer is named, and one that says nonsense for a time spoils nothing', async () => {
  const told = await asked({
    Northgate: silent,
    Riverside: box([span('09:38', 4, 0), { from: 'at noon', passed: 1, waiting: 1 }], [{ began: 'once', ended: null }]),
  });
  expect(told.spans).toHaveLength(1);
  expect(told.outages).toEqual([]);
  expect(told.silent).toEqual(['Northgate']);
});
