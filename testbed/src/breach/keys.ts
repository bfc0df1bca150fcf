/**
 * The keys in use, noted down so that they can be looked for.
 *
 * Only the trusted side holds them, and this file reads them there: out of keyrings, of the wearable's memory, of the
 * issuers' and the cloudlet's sealed tables. They are compared and never printed.
 *
 * @module
 */
import { join } from 'node:path';
import type { KeyringFile } from '@carelet/client/keyring/file';
import { nodeKey } from '@carelet/client/records/trees';
import type { RowSeal } from '@carelet/client/records/writer';
import type { Wearable } from '@carelet/client/session/wearable';
import { type Bytes, concat, uncbor, utf8 } from '@carelet/crypto/algebra/bytes';
import type { CardSecrets } from '@carelet/crypto/cards/owner';
import { decodeFactor, decodeShare } from '@carelet/crypto/kp-abe/encoding';
import { ntruhps4096821 as ntru } from '@carelet/crypto/ntru/index';
import { recordKeys } from '@carelet/crypto/records/tree';
import { type Secrets, secretsFile } from '@carelet/ground/secrets';
import pg from 'pg';
import { issuerHouses, type Town } from '../town.ts';
import type { Secret } from './needles.ts';

/** As many node and row keys of each kind are noted; there are thousands. */
const enough = 40;

/** Bytes of a long secret that are compared, at its beginning, middle and end. */
const windowLength = 32;

const key = (name: string, bytes: Bytes): Secret => ({ name, kind: 'key', bytes: new Uint8Array(bytes) });

/** A secret of more than a few bytes may lie in pieces: parts of it count as the whole. */
function pieces(name: string, secret: Bytes): Secret[] {
  if (secret.length <= 2 * windowLength) return [key(name, secret)];
  const last = secret.length - windowLength;
  return [0, Math.floor(last / 2), last].map((from) => key(name, secret.subarray(from, from + windowLength)));
}

/** A card's two secrets: for signing, and for what is sealed to it. The hybrid key ends with its public half. */
const cardKeys = (whose: string, { edSk, hybridSk }: CardSecrets): Secret[] => [
  key(`Ed25519 secret of ${whose}`, edSk),
  ...pieces(`NTRU secret of ${whose}`, hybridSk.subarray(0, ntru.lengths.secretKey)),
  key(`X25519 secret of ${whose}`, hybridSk.subarray(ntru.lengths.secretKey, ntru.lengths.secretKey + 32)),
];

/** What a keyring holds, and the passphrase over it. */
export function keyringKeys({ keyring }: KeyringFile): Secret[] {
  const { name, secrets, writer, charts, doctorKeys, emergencyKeys, opened } = keyring;
  return [
    ...cardKeys(name, secrets),
    ...(writer ? [key(`k_org of ${name}`, writer.orgKey), key(`K_pq of ${name}`, writer.pq)] : []),
    ...charts.flatMap(({ ridKey, cradle, trees }, i) => [
      key(`K_rid of chart ${i} of ${name}`, ridKey),
      ...(cradle ? cardKeys(`cradle ${i} of ${name}`, cradle) : []),
      ...Object.entries(trees).flatMap(([tree, { root, periods, ...rest }]) => [
        key(`root of tree ${tree}, chart ${i} of ${name}`, root),
        ...periods.slice(0, 3).map((period) => key(`node key, tree ${tree}, chart ${i}`, nodeKey({ root, ...rest }, period))),
      ]),
    ]),
    ...[...doctorKeys, ...emergencyKeys].flatMap(({ factors, pq }, i) => [
      ...factors.map((factor) => key(`factor of key ${i} of ${name}`, decodeFactor(factor, 'doctor').z)),
      key(`K_pq in the keyring of ${name}`, pq),
    ]),
    ...Object.values(opened)
      .slice(0, enough)
      .map((grant) => key(`node key opened by ${name}`, (uncbor(grant) as [Bytes])[0])),
  ];
}

/** What a wearable holds in flash. */
export function wearableKeys({ name, edSk, ridKey, trees, relays }: Wearable): Secret[] {
  return [
    key(`Ed25519 secret of ${name}`, edSk),
    key(`K_rid of ${name}`, ridKey),
    ...trees.flatMap(({ kind, months }) => Object.values(months).map((month) => key(`month key of ${name}, ${kind}`, month))),
    ...relays.flatMap(({ device: { psk, session } }) => [
      key(`psk of ${name}`, psk),
      ...(session ? [key(`session key up of ${name}`, session.sender.key), key(`session key down of ${name}`, session.receiver.key)] : []),
    ]),
  ];
}

/** Notes the keys of rows while they are sealed. */
export function noting(seal: RowSeal, notes: Secret[]): RowSeal {
  return (node, at, content, random) => {
    if (notes.length < 2 * enough) {
      notes.push(key('node key of a row', node), key('row key', recordKeys(node, at.rowId, at.version).key));
    }
    return seal(node, at, content, random);
  };
}

/** What issuers and cloudlet keep sealed under their key files. */
export async function serviceKeys(town: Town, clinic: string): Promise<Secret[]> {
  const client = new pg.Client({ connectionString: town.postgres.url() });
  await client.connect();
  try {
    const keys = join(town.folder, 'keys');
    const found: Secret[] = [];
    for (const { schema, title } of issuerHouses) {
      found.push(...(await issuerKeys(client, schema, title, await secretsFile(join(keys, schema, 'issuer.key')))));
    }
    return [...found, ...(await cloudletKeys(client, clinic, await secretsFile(join(keys, clinic, 'cloudlet.key'))))];
  } finally {
    await client.end();
  }
}

async function issuerKeys(client: pg.Client, schema: string, title: string, secrets: Secrets): Promise<Secret[]> {
  const identities = await client.query<{ secret: Bytes }>(`select secret from ${schema}.identity`);
  const domains = await client.query<{ organisation: Bytes; name: string; secret: Bytes }>(
    `select organisation, name, secret from ${schema}.domain natural join ${schema}.organisation`,
  );
  return [
    ...identities.rows.flatMap(({ secret }) => {
      const [edSk, hybridSk] = uncbor(secrets.open('issuer/identity', plain(secret))) as [Bytes, Bytes];
      return [key(`Ed25519 secret of ${title}`, edSk), ...pieces(`hybrid secret of ${title}`, hybridSk)];
    }),
    ...domains.rows.flatMap(({ organisation, name, secret }) => {
      const place = `issuer/domain/${Buffer.from(organisation).toString('hex')}`;
      const [share, orgKey, pq] = uncbor(secrets.open(place, plain(secret))) as [Bytes, Bytes, Bytes];
      return [
        key(`share of ${name}'s secret, at ${title}`, decodeShare(share).alpha),
        key(`k_org of ${name}, at ${title}`, orgKey),
        key(`K_pq of ${name}, at ${title}`, pq),
      ];
    }),
  ];
}

async function cloudletKeys(client: pg.Client, clinic: string, secrets: Secrets): Promise<Secret[]> {
  const { rows } = await client.query<{ secret: Bytes }>(`select secret from cloudlet_${clinic}.own`);
  return rows.flatMap(({ secret }) => {
    const [secretKey, announcer] = uncbor(secrets.open('cloudlet/own', plain(secret))) as [Bytes, Bytes];
    const post = secretKey.subarray(0, ntru.lengths.secretKey);
    return [...pieces(`NTRU secret of the cloudlet of ${clinic}`, post), key(`announcing secret of the cloudlet of ${clinic}`, announcer)];
  });
}

export const passphraseKey = (passphrase: string): Secret => key('the passphrase', utf8(passphrase));

const plain = (bytes: Bytes): Bytes => concat(bytes);
