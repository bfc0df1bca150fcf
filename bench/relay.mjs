// What urgency is worth: how soon an emergency is in the cloud, alone and beside ten times as many routine strips; and
// which relays a walking device should hand its strips to.
//
// How soon it stands on the doctor's Today and the patient's Home, in two pages of a real Chromium that nobody touches, is
// measured beside ten times the usual of a clinic: 30 routine strips a second.
//
// The load is open: routine strips come at their pace whether or not they are answered. Devices, cloudlet, cloud and database
// share this machine's cores, so some of what the load costs an emergency is waiting for a core, not for a queue.
import { setTimeout as sleep } from 'node:timers/promises';
import { vital } from '@carelet/care/model';
import { chooseRelays } from '@carelet/care/rules/relay/meeting';
import { packStrip } from '@carelet/care/rules/strip/index';
import { connectCloud, connectCloudlet } from '@carelet/client/login';
import { pairDevice } from '@carelet/client/session/pair';
import { sender } from '@carelet/client/session/send';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { emergency } from '@carelet/testbed/portal/emergency.testing';
import { openPortalStage } from '@carelet/testbed/portal/stage.testing';
import { load, usualRate } from '@carelet/testbed/portal/worn.testing';
import { figure, median, size } from './kit.mjs';
import { withStage } from './stage.mjs';

export const says = 'an emergency among routine strips, and the choice of relays on the way';

/** Milliseconds between two emergencies, and between two strips of each watch that loads. */
const pace = 100;
const loading = 10;
/** The town's clock runs as fast as it is told: each emergency is one that its device may call. */
let ahead = 0;
const clock = () => Date.now() + ahead;

export async function* run() {
  yield* withStage(emergencies, clock);
  yield* onPages();
  yield* walking();
}

async function* emergencies({ keyrings, town, mathematics, clinic }) {
  const ada = (await keyrings.of('patient', 'ada', 'Ada')).keyring;
  const url = town.cloudlets.get('harbour').url;
  const as = { keyring: ada, cloud: connectCloud(town.addresses.cloud, ada, clock), mathematics, clock };
  const [asAda, asClinic] = [connectCloudlet(url, ada, clock), connectCloudlet(url, clinic.keyring, clock)];
  const pair = async (name) => {
    const { code } = await asClinic.sessions.pair();
    const wearable = await pairDevice({ ...as, cloudlet: asAda }, { name, code, address: url });
    return { wearable, way: sender({ wearable, save: async () => {}, cloudlet: connectCloudlet(url, null, clock), clock }) };
  };
  const watch = await pair('calls');
  const others = [];
  for (let i = 0; i < loading; i++) others.push(await pair(`loads-${i}`));
  const noon = Math.floor(clock() / 86_400_000) * 86_400_000 + 43_200_000;
  const strip = (value, urgency) => ({
    kind: 'vital-signs',
    from: noon,
    bytes: packStrip([vital('heart-rate', noon, 'bench', [value])]),
    urgency,
  });

  const callOnce = async () => {
    ahead += 20_000;
    await watch.way.keep(strip(141, 'emergency'));
    const began = performance.now();
    await watch.way.send();
    while (watch.wearable.waiting.length > 0) {
      ahead += 1_000;
      await watch.way.send();
    }
    return performance.now() - began;
  };

  const calls = size(100, 3);
  const times = { alone: [], loaded: [] };
  for (let round = -1; round < size(4, 1); round++) {
    for (const how of round % 2 === 0 ? ['alone', 'loaded'] : ['loaded', 'alone']) {
      let over = false;
      const load = how === 'loaded' ? others.map((other) => keepSending(other, () => over, strip(70, 'routine'))) : [];
      for (let i = 0; i < (round < 0 ? 5 : calls / 4); i++) {
        const next = performance.now() + pace;
        const ms = await callOnce();
        if (round >= 0) times[how].push(ms);
        await sleep(Math.max(0, next - performance.now()));
      }
      over = true;
      await Promise.all(load);
      while ((await asClinic.town.state()).waiting > 0) await sleep(20);
    }
  }
  const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))];
  yield figure('emergency, wrist to cloud and back, median, loaded against alone', 'ms', at(times.loaded, 0.5), at(times.alone, 0.5));
  yield figure('the same, 99th percentile', 'ms', at(times.loaded, 0.99), at(times.alone, 0.99), '<= 1.1 times');
  yield figure('slowest emergency beside ten times the routine', 'ms', Math.max(...times.loaded), null, '<= 2000 ms');
}

/** From the watch that calls to the two pages that show it, alone and loaded. */
async function* onPages() {
  const stage = await openPortalStage({
    settlers: { organisations: ['northgate', 'harbour'], patients: ['ada'], doctors: ['dr-chen'] },
    database: 'of its own',
  });
  let both;
  try {
    both = await emergency(stage);
    const times = { alone: [], loaded: [] };
    let called = 0;
    for (const how of ['alone', 'loaded']) {
      const others = how === 'loaded' ? await load(stage, 10 * usualRate) : null;
      if (others) while (others.taken() < size(100, 10)) await sleep(50);
      for (let i = -1; i < size(9, 1); i++) {
        const took = await both.call(200 + called, 130 - called);
        called++;
        if (i >= 0) times[how].push(took);
      }
      await others?.stop();
    }
    for (const [page, name] of [
      ['today', "doctor's Today"],
      ['home', "patient's Home"],
    ]) {
      const of = (how) => times[how].map((took) => took[page]);
      yield figure(`emergency on the ${name}, median, loaded against alone`, 'ms', median(of('loaded')), median(of('alone')));
      yield figure(`slowest of them on the ${name}, loaded`, 'ms', Math.max(...of('loaded')), null, '<= 2000 ms');
    }
  } finally {
    await both?.[Symbol.asyncDispose]();
    await stage[Symbol.asyncDispose]();
  }
}

/** Routine strips at their pace; what is not acknowledged when the next is due goes with it. */
async function keepSending({ way }, over, strip) {
  let sending = null;
  while (!over()) {
    await way.keep(strip);
    sending ??= way
      .send()
      .catch(() => {})
      .finally(() => {
        sending = null;
      });
    await sleep(pace);
  }
  await sending;
  await way.send();
}

/**
 * Devices that walk for ten days between six cloudlets at four places; one takes strips and forwards nothing. A strip counts
 * as delivered when an honest relay that it was meant for is met in time.
 */
function* walking() {
  const ours = wander((urgency, relays, told) => chooseRelays(urgency, relays, told));
  const all = wander((_, relays) => relays);
  const trusting = wander((urgency, relays, told) =>
    chooseRelays(
      urgency,
      relays.map((relay) => ({ ...relay, taken: 0, arrived: 0 })),
      told,
    ),
  );
  for (const urgency of ['monitoring', 'routine']) {
    const [a, b, c] = [ours, all, trusting].map((one) => one[urgency]);
    yield figure(`walking, ${urgency}: delivered in time, against handing it to everybody`, '%', a.delivered, b.delivered);
    yield figure(`walking, ${urgency}: copies a strip, against handing it to everybody`, 'copies', a.copies, b.copies);
    yield figure(`walking, ${urgency}: delivered in time, against believing every relay`, '%', a.delivered, c.delivered);
  }
}

function wander(choose) {
  const random = seededRandom('bench/walking');
  let drawn = new Uint32Array();
  let used = 0;
  const chance = () => {
    if (used === drawn.length) {
      drawn = new Uint32Array(random(65_536).slice().buffer);
      used = 0;
    }
    return drawn[used++] / 2 ** 32;
  };
  const spots = 4;
  const minute = 60;
  const tally = { monitoring: { sent: 0, delivered: 0, copies: 0 }, routine: { sent: 0, delivered: 0, copies: 0 } };
  for (let device = 0; device < size(20, 2); device++) {
    // How often an hour it meets each cloudlet at each spot: few often, most seldom.
    const rates = Array.from({ length: 6 }, () => Array.from({ length: spots }, () => (chance() < 0.3 ? 2 * chance() : 0.05 * chance())));
    const known = rates.map((_, i) => ({ name: `${i}`, hole: i === 0, meetings: Array(spots).fill(0), taken: 0, arrived: 0 }));
    const open = [];
    let before;
    for (let now = 0; now < size(10, 2) * 86_400; now += minute) {
      const met = new Set();
      for (const [i, relay] of known.entries()) {
        for (let spot = 0; spot < spots; spot++) {
          if (chance() >= (rates[i][spot] * minute) / 3600) continue;
          relay.meetings[spot]++;
          met.add(relay.name);
        }
      }
      for (const strip of open) {
        for (const relay of known) {
          if (!met.has(relay.name) || !strip.for.has(relay.name)) continue;
          strip.for.delete(relay.name);
          relay.taken++;
          tally[strip.urgency].copies++;
          if (relay.hole) continue;
          // What arrived is known afterwards: the cloud names it in the acknowledgement.
          relay.arrived++;
          strip.delivered = true;
        }
      }
      for (let i = open.length - 1; i >= 0; i--) {
        if (now < open[i].until && open[i].for.size > 0) continue;
        if (open[i].delivered) tally[open[i].urgency].delivered++;
        open.splice(i, 1);
      }
      if (now % 3600 !== 0) continue;
      const urgency = now % 7200 === 0 ? 'monitoring' : 'routine';
      const seconds = urgency === 'monitoring' ? 2 * 3600 : 8 * 3600;
      const relays = known.map((relay) => ({ ...relay, inRange: met.has(relay.name) }));
      const chosen = choose(urgency, relays, { observed: now, seconds, before });
      if (urgency === 'routine') before = chosen[0]?.name;
      tally[urgency].sent++;
      open.push({ urgency, until: now + seconds, for: new Set(chosen.map(({ name }) => name)), delivered: false });
    }
  }
  const told = ({ sent, delivered, copies }) => ({ delivered: (100 * delivered) / sent, copies: copies / sent });
  return { monitoring: told(tally.monitoring), routine: told(tally.routine) };
}
