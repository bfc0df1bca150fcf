/**
 * The clinic a cloudlet works for: its card, its posting key, its label key. Handed over once at install and
 * kept sealed beside the key file. None of it opens a record.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, plain, uncbor } from '@carelet/crypto/algebra/bytes';
import { type Card, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { type Secrets, secretsFile } from '@carelet/ground/secrets';

export type Organisation = {
  readonly card: Card;
  readonly edSk: Bytes;
  readonly orgKey: Bytes;
  /** The clinic's sharing domain and its K_pq, for patients who wrap nodes of their own. */
  readonly domain: Bytes;
  readonly pq: Bytes;
  /** What seals for its emergencies, public; nothing where the town has none yet. */
  readonly emergency: Bytes | null;
};

const fileName = 'organisation.sealed';
const place = 'cloudlet/organisation';

export const cloudletSecrets = (folder: string): Promise<Secrets> => secretsFile(join(folder, 'cloudlet.key'));

/** Hands a clinic over to the cloudlet whose keys lie in this folder. */
export async function installOrganisation(folder: string, { card, edSk, orgKey, domain, pq, emergency }: Organisation): Promise<void> {
  const secrets = await cloudletSecrets(folder);
  const content = cbor([encodeCard(card), edSk, orgKey, domain, pq, ...(emergency ? [emergency] : [])]);
  await writeFile(join(folder, fileName), secrets.seal(place, content), { mode: 0o600 });
}

/** The clinic installed in this folder; `null` when none is yet. */
export async function installedOrganisation(folder: string): Promise<Organisation | null> {
  let sealed: Bytes;
  try {
    sealed = plain(await readFile(join(folder, fileName)));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
  const [cardBytes, edSk, orgKey, domain, pq, emergency] = uncbor((await cloudletSecrets(folder)).open(place, sealed)) as Bytes[];
  const card = decodeCard(cardBytes!);
  if (!card) throw new CareletError('invalid', 'read the installed organisation', { because: 'its card is none' });
  return { card, edSk: edSk!, orgKey: orgKey!, domain: domain!, pq: pq!, emergency: emergency ?? null };
}
