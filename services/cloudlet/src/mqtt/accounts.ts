/**
 * Who devices are at the broker: a user, a password and a topic each, from the psk of their pairing.
 *
 * The password lies sealed under the key file: an external broker's password file is written from it. An unknown
 * user, a wrong password and a device that nobody adopted look alike, and cost alike.
 *
 * @module
 */
import { type Bytes, equal, text, utf8 } from '@carelet/crypto/algebra/bytes';
import { hashOf } from '@carelet/crypto/algebra/hash';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type BrokerNames, brokerNames } from '@carelet/crypto/session/pairing';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import type { CloudletTables } from '../schema.ts';

/** A device as the broker knows it. */
export type Account = { readonly device: Bytes; readonly user: string; readonly topic: string };

export type Accounts = {
  /**
   * Whose user and password these are; `null` alike for whatever they are not.
   *
   * @throws {CareletError} `unavailable` while the database is away
   */
  login(user: string, password: Bytes): Promise<Account | null>;
  /** Whose topic this is, as in `hopTopics`; `null` for nobody's. */
  ofTopic(topic: string): Promise<Account | null>;
};

const place = (user: string) => `cloudlet/mqtt/${user}`;

/** The columns of a device that is being paired. */
export function accountOf(secrets: Secrets, psk: Bytes) {
  const { user, topic, password } = brokerNames(psk);
  return { mqtt_user: user, mqtt_topic: topic, mqtt_password: secrets.seal(place(user), utf8(password)) };
}

export function accounts(db: Kysely<CloudletTables>, secrets: Secrets): Accounts {
  const nobody = { user: 'nobody', sealed: secrets.seal(place('nobody'), utf8(brokerNames(systemRandom(32)).password)) };
  const known = () =>
    db
      .selectFrom('device')
      .select(['device', 'mqtt_user', 'mqtt_topic', 'mqtt_password'])
      .where('pat', 'is not', null)
      .where('ended', 'is', null);

  return {
    async login(user, password) {
      const row = await known().where('mqtt_user', '=', cleanText(user)).executeTakeFirst();
      const kept = row?.mqtt_password ? secrets.open(place(user), row.mqtt_password) : secrets.open(place(nobody.user), nobody.sealed);
      const same = equal(digest(password), digest(kept));
      return row?.mqtt_topic && same ? { device: row.device, user, topic: row.mqtt_topic } : null;
    },
    async ofTopic(topic) {
      const row = await known().where('mqtt_topic', '=', topic).executeTakeFirst();
      return row?.mqtt_user ? { device: row.device, user: row.mqtt_user, topic } : null;
    },
  };
}

/** The names of every adopted device, for an external broker. They hold passwords. */
export async function allNames(db: Kysely<CloudletTables>, secrets: Secrets): Promise<BrokerNames[]> {
  const rows = await db
    .selectFrom('device')
    .select(['mqtt_user as user', 'mqtt_topic as topic', 'mqtt_password as sealed'])
    .where('pat', 'is not', null)
    .where('ended', 'is', null)
    .orderBy('mqtt_user')
    .execute();
  return rows.flatMap(({ user, topic, sealed }) =>
    user && topic && sealed ? [{ user, topic, password: text(secrets.open(place(user), sealed)) }] : [],
  );
}

/** What a comparison looks at: of one length, whatever was sent. */
const digest = (password: Bytes): Bytes => hashOf('carelet/v1/session/mqtt-password', password);

/** A text PostgreSQL takes; no user has another. */
const cleanText = (user: string): string => (/^[0-9a-f]{32}$/.test(user) ? user : 'nobody');
