// What ten thousand devices cost a cloudlet's memory that are connected to its broker and listen, a hundred of them speaking.
//
// The cloudlet is a process of its own, and so is the crowd; memory is what the cloudlet's process holds (RSS, the highest seen),
// PostgreSQL not counted. The devices stand in its tables as adopted ones do and log in by user and password; those who
// speak ask for the announcement, which is what a device asks first. A process may open only so many files: where
// that is too few, as many connect as can, and it is said.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountOf } from '@carelet/cloudlet/mqtt/accounts';
import { cloudletSecrets } from '@carelet/cloudlet/organisation';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { brokerNames } from '@carelet/crypto/session/pairing';
import { freePorts } from '@carelet/ground/test-ports';
import { openClinic } from '@carelet/testbed/crash/clinic';
import { scratch } from '@carelet/testbed/scratch';
import pg from 'pg';
import { figure, size } from '../kit.mjs';
import { residentOf } from '../town-process.mjs';

const wanted = size(10_000, 50);
const speaking = size(100, 5);
const speakingMs = size(10_000, 500);
/** Files a process opens that are no devices. */
const others = 300;

export async function* connected() {
  const most = openFiles() - others;
  const count = Math.min(wanted, most);
  if (count < wanted) {
    const kindly = `A process may open ${most + others} files here, so ${count} devices connect and not ${wanted};`;
    console.error(`${kindly} "ulimit -n ${wanted + others}" before the benchmark lets all of them in.`);
  }
  const folder = scratch();
  let clinic;
  let crowd;
  try {
    const [port] = await freePorts(1);
    clinic = await openClinic({ folder: folder.path, mqttPort: port });
    folder.also(clinic.postgres.folder);
    const names = await adopted(clinic.cloudletOrder, count);
    const alone = residentOf(clinic.cloudlet.pid);
    crowd = fork(join(import.meta.dirname, 'crowd-process.mjs'), { execArgv: [] });
    crowd.send({ port, names, speaking });
    await heard(crowd);
    let highest = 0;
    for (const until = performance.now() + speakingMs; performance.now() < until; await sleep(100)) {
      highest = Math.max(highest, residentOf(clinic.cloudlet.pid));
    }
    crowd.send('enough');
    const { connections, answers } = await heard(crowd);
    if (connections < count) throw new Error(`only ${connections} of ${count} devices stayed connected`);
    const name = `memory of a cloudlet with ${count} devices connected, ${speaking} speaking`;
    yield figure(`${name}, against none`, 'MB', highest, alone, '<= 600 MB');
    yield figure('answers to those who speak meanwhile', 'answers/s', (1000 * answers) / speakingMs);
  } finally {
    crowd?.kill();
    await clinic?.[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  }
}

/** What the crowd says next; it has nothing to say once it ended. */
async function heard(crowd) {
  const [said] = await Promise.race([
    once(crowd, 'message'),
    once(crowd, 'exit').then(() => {
      throw new Error('the crowd ended');
    }),
  ]);
  return said;
}

/** Devices as they stand in the cloudlet's tables once somebody adopted them; what they are called at its broker. */
async function adopted({ databaseUrl, schema, keys }, count) {
  const secrets = await cloudletSecrets(keys);
  const psks = Array.from({ length: count }, () => systemRandom(32));
  const accounts = psks.map((psk) => accountOf(secrets, psk));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // They never greet: their record opens for nobody.
    await client.query(
      `insert into ${schema}.device (device, record, pat, mqtt_user, mqtt_topic, mqtt_password)
      select device, '', device, name, topic, password from unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[])
      as new(device, name, topic, password)`,
      [
        psks.map((psk) => Buffer.from(psk.subarray(0, 16))),
        accounts.map(({ mqtt_user }) => mqtt_user),
        accounts.map(({ mqtt_topic }) => mqtt_topic),
        accounts.map(({ mqtt_password }) => Buffer.from(mqtt_password)),
      ],
    );
  } finally {
    await client.end();
  }
  return psks.map(brokerNames);
}

/** How many files a process may open; Node asks for as many as it may have. */
const openFiles = () => {
  const words = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return words === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(words);
};
