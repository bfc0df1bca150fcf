import { hex } from '@carelet/crypto/algebra/bytes';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { encodeManifest, foundingHash, type Manifest, type ManifestBody, manifestHash, signManifest } from '@carelet/crypto/cards/manifest';
import { describe, expect, test } from 'vitest';
import { town } from './town.ts';

const keys = () => [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
const issuers = keys();
const organisation = (n: number) => ({
  organisation: new Uint8Array(16).fill(n),
  name: `hospital ${n}`,
  publicKey: new Uint8Array(8).fill(n),
});

const manifest = (serial: number, by = issuers, body: Partial<ManifestBody> = {}): Manifest =>
  signManifest(
    {
      town: 'a town',
      serial,
      issuers: by.map((key) => key.public),
      domains: Array.from({ length: serial - 1 }, (_, i) => organisation(i + 1)),
      ...body,
    },
    by.slice(0, 2),
  );

/** A town whose authority offers these manifests, one after the other, a minute apart. */
function offered(pin: string | undefined, ...manifests: Manifest[]) {
  let now = 0;
  let next = 0;
  const role = town(
    async () => encodeManifest(manifests[Math.min(next++, manifests.length - 1)]!),
    pin,
    () => now,
  );
  return {
    first: () => role.manifest(),
    again: () => {
      now += 60_000;
      return role.refresh();
    },
  };
}

const tampered = { kind: 'tampered' };

describe('a town manifest', () => {
  test('is taken and followed as the town grows', async () => {
    const at = offered(undefined, manifest(1), manifest(2), manifest(4));
    expect((await at.first()).serial).toBe(1);
    expect((await at.again()).serial).toBe(2);
    expect((await at.again()).serial).toBe(4);
  });

  test('of another authority is refused, however late its number', async () => {
    const pin = hex(manifestHash(manifest(1)));
    const foreign = keys();
    for (const serial of [1, 2, 7]) await expect(offered(pin, manifest(serial, foreign)).first()).rejects.toMatchObject(tampered);
    // Nor one that names the right issuers and was signed by others.
    const claimed = { issuers: issuers.map((key) => key.public) };
    await expect(offered(pin, manifest(3, foreign, claimed)).first()).rejects.toMatchObject(tampered);
    const at = offered(undefined, manifest(1), manifest(2, foreign));
    await at.first();
    await expect(at.again()).rejects.toMatchObject(tampered);
  });

  test('is known by its founding whatever has been added since', async () => {
    const pin = hex(foundingHash(manifest(1)));
    expect(pin).toBe(hex(manifestHash(manifest(1))));
    for (const serial of [1, 2, 5]) expect((await offered(pin, manifest(serial)).first()).serial).toBe(serial);
    const renamed = manifest(2, issuers, { town: 'another town' });
    await expect(offered(pin, renamed).first()).rejects.toMatchObject(tampered);
  });

  test('with one signature, with the same one twice or with none is refused', async () => {
    const { signatures, ...body } = manifest(1);
    for (const some of [[], signatures.slice(0, 1), [signatures[0]!, signatures[0]!]]) {
      await expect(offered(undefined, { ...body, signatures: some }).first()).rejects.toMatchObject(tampered);
    }
  });

  test('does not go back, and no organisation’s key changes or goes away', async () => {
    const changed = { domains: [{ ...organisation(1), publicKey: new Uint8Array(8).fill(9) }, organisation(2)] };
    for (const next of [manifest(2), manifest(3, issuers, changed), manifest(4, issuers, { domains: [] })]) {
      const at = offered(undefined, manifest(3), next);
      await at.first();
      await expect(at.again()).rejects.toMatchObject(tampered);
    }
  });

  test('is asked for at most once a second', async () => {
    let asked = 0;
    let now = 5000;
    const role = town(
      async () => {
        asked++;
        return encodeManifest(manifest(1));
      },
      undefined,
      () => now,
    );
    await role.manifest();
    for (let i = 0; i < 5; i++) await role.refresh();
    expect(asked).toBe(1);
    now += 1000;
    await role.refresh();
    expect(asked).toBe(2);
  });
});
