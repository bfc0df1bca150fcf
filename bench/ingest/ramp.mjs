// Devices times rate until one strip in a hundred is later than a second.
//
// The load is open: a strip is due at its time, whether or not the one before has arrived, and its latency runs from then
// until the transaction that lays it in the cloud's table commits, by PostgreSQL's own clock. Watches (32, a patient each)
// have one process, this one; cloudlet, cloud, Mosquitto and the subscriber one each; all share the machine with PostgreSQL.
// Contenders climb turn by turn, doubling until a rung is too high twice, then by halves until two rungs differ by a tenth.
//
// Compared are strips a second, each a message; the same strips hold the same readings, packed alike, so the ratio of
// readings a second is the same. Ours are sealed, and acknowledged to the watch once they are on the cloudlet's disk; theirs lie in
// the clear, are written once, and are lost in a crash.
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '@carelet/ground/test-ports';
import { openClinic } from '@carelet/testbed/crash/clinic';
import { until } from '@carelet/testbed/crash/until';
import { scratch } from '@carelet/testbed/scratch';
import pg from 'pg';
import { figure, interleaved, size, small } from '../kit.mjs';
import { endedTime, processorTime } from '../town-process.mjs';
import { hopsTo, rowsArrived, sealed, watchesOver } from './ours.mjs';
import { packedMinutes } from './strips.mjs';
import { startTheirs } from './theirs.mjs';

const devices = size(32, 2);
const seconds = size(5, 1);
const lateMs = 1000;
/** Strips a second. */
const modest = size(40, 2);
const aim = '<= 1.43 times: 0.7 of its rate';

export async function* ramp() {
  const folder = scratch();
  let clinic;
  try {
    const [port] = await freePorts(1);
    clinic = await openClinic({ folder: folder.path, mqttPort: port });
    folder.also(clinic.postgres.folder);
    yield* climbed(clinic, folder.path, `mqtt://127.0.0.1:${port}`);
  } finally {
    await clinic?.[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  }
}

async function* climbed(clinic, folder, mqtt) {
  const { databaseUrl } = clinic.cloudletOrder;
  const sql = asking(databaseUrl);
  // Times of commit are kept from the next start on.
  await sql('alter system set track_commit_timestamp = on');
  const { pid } = clinic.postgres;
  process.kill(pid, 'SIGINT');
  await until('the database is back', async () => clinic.postgres.pid !== undefined && clinic.postgres.pid !== pid);
  await until('it answers', async () => (await sql('select 1')).length === 1);

  const packed = await packedMinutes(60);
  const readings = packed.reduce((sum, strip) => sum + strip.readings.length, 0) / packed.length;
  const shared = clinic.postgres.pid;
  const ours = [clinic.cloudlet.pid, clinic.cloud.pid, shared];
  const ways = {};
  const opened = [];
  const wearables = [];
  for (let i = 0; i < devices; i++) wearables.push(await clinic.pair(clinic.patient(`watch-${i}`), 'watch'));
  for (const [name, hopOf] of Object.entries(hopsTo(clinic.urls.cloudlet, mqtt))) {
    const watches = watchesOver(wearables, hopOf);
    ways[name] = {
      watches,
      servers: ours,
      prepare: (_, turns) => sealed(watches, packed, turns),
      arrived: (keys) => rowsArrived(sql, keys),
    };
  }
  for (const how of ['one by one', 'together']) {
    const theirs = await startTheirs({ folder, databaseUrl, sql, how, count: devices });
    if (!theirs) continue;
    opened.push(theirs);
    ways[how] = { ...theirs, servers: [...theirs.servers, shared] };
  }
  try {
    if (!ways.together) console.error('No Mosquitto is on this machine: ours stands alone.');
    // Sessions are opened before anybody counts.
    for (const way of Object.values(ways)) await rung(way, packed, devices / seconds);
    yield figure('handshakes: announcement, init, ack and the first strip', 'handshakes/s', await handshakes(ways.mqtt.watches, packed));
    const spending = Object.entries(ways).map(([name, way]) => [name, () => spentOnOne(way, packed)]);
    const spent = await interleaved(Object.fromEntries(spending), size(3, 1));
    yield* against(ways, 'processor time of all servers', 'ms/strip', spent);
    const reached = await highest(ways, (way, rate) => rung(way, packed, rate));
    yield* against(ways, 'one in a hundred a second late', 'strips/s', reached, aim);
    const told = Object.fromEntries(Object.entries(reached).map(([name, rate]) => [name, rate * readings]));
    yield* against(ways, 'one in a hundred a second late', 'readings/s', told, aim);
  } finally {
    for (const { watches } of [ways.mqtt, ways.http]) for (const { hop } of watches) await hop[Symbol.asyncDispose]?.();
    for (const theirs of opened) await theirs[Symbol.asyncDispose]();
  }
}

/** Ours by either way against theirs of either kind; alone where there are none. */
function* against(ways, what, unit, values, aim) {
  const theirs = ['one by one', 'together'].filter((how) => how in ways);
  for (const way of ['mqtt', 'http']) {
    const name = `${devices} watches over ${way === 'mqtt' ? 'the broker in the cloudlet' : 'HTTP'}, ${what}`;
    if (theirs.length === 0) yield figure(name, unit, values[way]);
    for (const how of theirs) yield figure(`${name}, against inserts ${how}`, unit, values[way], values[how], aim);
  }
}

/** Strips at a rate, for a while; in milliseconds, how late the one was that only one in a hundred is later than. */
async function rung(way, packed, rate) {
  const turns = await way.prepare(packed, Math.max(devices, Math.round(rate * seconds)));
  const began = Date.now() + 20;
  const due = (i) => began + (1000 * i) / rate;
  for (let i = 0; i < turns.length; await sleep(1)) {
    for (const now = Date.now(); i < turns.length && due(i) <= now; i++) turns[i].send();
  }
  const keys = turns.map(({ key }) => key);
  let arrived = [];
  // The next rung finds nothing of this one on its way.
  const all = async () => {
    arrived = await way.arrived(keys);
    return arrived.length === turns.length;
  };
  await until('all has arrived', all, 300_000);
  const at = new Map(arrived.map((row) => [row.key, Number(row.at)]));
  const late = turns.map(({ key }, i) => at.get(key) - due(i)).sort((a, b) => a - b);
  return late[Math.ceil(0.99 * late.length) - 1];
}

/** Milliseconds of processor that all servers of a way spend on a strip, at a rate each of them should hold. */
async function spentOnOne(way, packed) {
  const spent = () => way.servers.reduce((sum, pid) => sum + processorTime(pid).all + endedTime(pid), 0);
  const before = spent();
  await rung(way, packed, modest);
  return (spent() - before) / Math.max(devices, Math.round(modest * seconds));
}

/** The highest rate at which each contender is in time. */
async function highest(ways, lateAt) {
  const climbers = Object.entries(ways).map(([name, way]) => ({ name, way, rate: modest, low: 0, high: null, failed: 0 }));
  const done = ({ low, high }) => (small ? low > 0 || high !== null : high !== null && high / Math.max(low, 1) <= 1.1);
  while (!climbers.every(done)) {
    for (const climber of climbers.filter((each) => !done(each))) {
      const { name, way, rate } = climber;
      const late = await lateAt(way, rate);
      if (process.env.CARELET_BENCH_TELL) console.error(`  ${name}: ${Math.round(rate)} strips/s, p99 ${Math.round(late)} ms`);
      if (late <= lateMs) Object.assign(climber, { low: rate, failed: 0 });
      else if (++climber.failed === 2) Object.assign(climber, { high: rate, failed: 0 });
      else continue;
      climber.rate = climber.high === null ? rate * 2 : Math.sqrt(Math.max(climber.low, 1) * climber.high);
    }
  }
  return Object.fromEntries(climbers.map(({ name, low }) => [name, Math.max(low, 1)]));
}

/** Whole handshakes a second, each watch one after the other, each with a strip that tells it that the session stands. */
async function handshakes(watches, packed) {
  const each = size(8, 1);
  const turns = await sealed(watches, packed, watches.length * each);
  const began = performance.now();
  await Promise.all(
    watches.map(async (watch, i) => {
      for (let n = 0; n < each; n++) {
        watch.wearable.relays[0].device = { ...watch.wearable.relays[0].device, session: null };
        turns[i + n * watches.length].send();
        await watch.sending;
      }
    }),
  );
  return (1000 * watches.length * each) / (performance.now() - began);
}

/** Questions to the database, a connection each: few are asked. */
const asking = (connectionString) => async (text, values) => {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(text, values)).rows;
  } finally {
    await client.end().catch(() => {});
  }
};
