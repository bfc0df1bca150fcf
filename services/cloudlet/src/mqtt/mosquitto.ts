/**
 * What a Mosquitto is told so that it is a broker for this cloudlet's devices: its configuration, its password file and
 * who may do what with which topic.
 *
 * Passwords are 32 random bytes, so the stretching that Mosquitto's file format asks for adds nothing; it is done because
 * the format has it.
 *
 * @module
 */
import { pbkdf2 } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { everyUpTopic, hopTopics, longestHopMessage } from '@carelet/care/wire/hop';
import { systemRandom } from '@carelet/crypto/algebra/random';
import type { BrokerNames } from '@carelet/crypto/session/pairing';
import { openDatabase } from '@carelet/ground/database';
import { cloudletSecrets } from '../organisation.ts';
import { type CloudletTables, migrations } from '../schema.ts';
import { allNames } from './accounts.ts';
import { brokerAddress } from './bridge.ts';

/** Who is at the broker: the cloudlet itself, and its devices. */
export type MosquittoCast = {
  readonly cloudlet: { readonly user: string; readonly password: string };
  readonly devices: readonly BrokerNames[];
};

/** Names of the files in the folder. */
export const mosquittoFiles = {
  configuration: 'mosquitto.conf',
  passwords: 'passwords',
  access: 'access',
  number: 'mosquitto.pid',
} as const;

/** Where a cloudlet keeps its devices, and who it is at the broker: as its own configuration says. */
export type MosquittoSource = { readonly databaseUrl: string; readonly schema: string; readonly keys: string; readonly mqttBroker: string };

/**
 * Writes the files for a cloudlet and all devices that somebody adopted; gives how many those are.
 *
 * @param listener lines that say where it listens and with which certificate, as `mosquitto.conf(5)` has them
 * @throws {CareletError} `unavailable` while the database is away, `cannot-open` where the key file is not its own,
 *   `invalid` for a broker's address that is none
 */
export async function writeMosquittoFor(source: MosquittoSource, folder: string, listener: readonly string[]): Promise<number> {
  const { user, password } = brokerAddress(source.mqttBroker);
  await using db = await openDatabase<CloudletTables>({ url: source.databaseUrl, schema: source.schema, migrations });
  const devices = await allNames(db, await cloudletSecrets(source.keys));
  await writeMosquitto(folder, { cloudlet: { user, password }, devices }, listener);
  return devices.length;
}

/**
 * Writes the three files, each whole: a broker that reloads meanwhile finds the old one or the new one.
 */
export async function writeMosquitto(folder: string, cast: MosquittoCast, listener: readonly string[]): Promise<void> {
  await writeNames(folder, cast);
  await put(folder, mosquittoFiles.configuration, configuration(resolve(folder), listener), 0o644);
}

/**
 * Writes who may come and what each may do; the configuration stays as it is.
 *
 * @param known lines of the password file by user, from the last time: a user's password never changes
 */
export async function writeNames(folder: string, cast: MosquittoCast, known = new Map<string, string>()): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await put(folder, mosquittoFiles.passwords, await passwords(cast, known), 0o600);
  await put(folder, mosquittoFiles.access, access(cast), 0o600);
}

async function put(folder: string, name: string, content: string, mode: number): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}.new`, content, { mode });
  await rename(`${path}.new`, path);
}

/** `mosquitto.conf`, which allows what the broker in the cloudlet does and no more, as far as Mosquitto can be told. */
export const configuration = (folder: string, listener: readonly string[]): string =>
  `# For the devices of a Carelet cloudlet. Written by "carelet cloudlet mosquitto"; see docs/mqtt.md.
${listener.join('\n')}

allow_anonymous false
password_file ${join(folder, mosquittoFiles.passwords)}
acl_file ${join(folder, mosquittoFiles.access)}
# Who keeps these files current finds its process here.
pid_file ${join(folder, mosquittoFiles.number)}

# A device has one connection, whatever it calls itself.
use_username_as_clientid true

# Nothing is kept for whoever is away; a device has kept it itself.
persistence false
retain_available false
max_qos 1
max_inflight_messages 4
max_queued_messages 16
max_packet_size ${longestHopMessage + 256}
`;

async function passwords({ cloudlet, devices }: MosquittoCast, known: Map<string, string>): Promise<string> {
  const lines: string[] = [];
  for (const { user, password } of [cloudlet, ...devices]) {
    const line = known.get(user) ?? `${user}:${await hashed(password)}\n`;
    known.set(user, line);
    lines.push(line);
  }
  return lines.join('');
}

/** Mosquitto's `$7$`: PBKDF2 with SHA-512, its rounds, salt and hash. */
async function hashed(password: string): Promise<string> {
  const rounds = 101;
  const salt = systemRandom(12);
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return `$7$${rounds}$${base64(salt)}$${base64(await promisify(pbkdf2)(password, salt, rounds, 64, 'sha512'))}`;
}

function access({ cloudlet, devices }: MosquittoCast): string {
  const everyDown = hopTopics('+').down;
  const rights = ({ user, topic }: BrokerNames) => {
    const { up, down } = hopTopics(topic);
    return `user ${user}\ntopic write ${up}\ntopic read ${down}\n`;
  };
  return [`user ${cloudlet.user}\ntopic read ${everyUpTopic}\ntopic write ${everyDown}\n`, ...devices.map(rights)].join('\n');
}
