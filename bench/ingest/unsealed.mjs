// How many readings a second travel from wearables through the cloudlet to the cloud's disk.
//
// Four watches send strips of a minute at once, each waiting for its acknowledgement before the next. Packing is the
// same for everybody and not counted; sealing, sessions, both databases and the relay are. `theirs`, twice: the same
// way with rows of glass (sessions and signatures stay), and a way with no cryptography at all (`plain.mjs`).
import { setTimeout as sleep } from 'node:timers/promises';
import { connectCloud, connectCloudlet } from '@carelet/client/login';
import { pairDevice } from '@carelet/client/session/pair';
import { sender } from '@carelet/client/session/send';
import { sealRow } from '@carelet/crypto/records/writer';
import { glassRow } from '@carelet/testbed/glass';
import { figure, interleaved, size } from '../kit.mjs';
import { clock, withStage } from '../stage.mjs';
import { startPlain } from './plain.mjs';
import { packedMinutes } from './strips.mjs';

const watches = 4;

export const unsealed = () =>
  withStage(async function* (stage) {
    const { town } = stage;
    const plain = await startPlain(town.postgres.url());
    try {
      yield* measured(stage, plain);
    } finally {
      await plain[Symbol.asyncDispose]();
    }
  });

async function* measured(stage, plain) {
  const { town } = stage;
  const perWatch = size(150, 3);
  const packed = await packedMinutes(perWatch);
  const readings = watches * packed.reduce((sum, { readings: { length } }) => sum + length, 0);
  const url = town.cloudlets.get('harbour').url;
  const paired = await Promise.all(['ours', 'glass'].map((kind) => pairAll(stage, url, kind)));
  const cloudlet = connectCloudlet(url, null);

  const through = (senders) => async () => {
    const { forwarded } = await cloudlet.town.state();
    const began = performance.now();
    await Promise.all(
      senders.map(async (way) => {
        for (const { kind, from, bytes } of packed) {
          await way.keep({ kind, from, bytes });
          await way.send();
        }
      }),
    );
    while ((await cloudlet.town.state()).forwarded < forwarded + watches * packed.length) await sleep(5);
    return (1000 * readings) / (performance.now() - began);
  };
  let number = 0;
  const inTheOpen = async () => {
    const before = plain.arrived();
    const first = number;
    number += packed.length;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: watches }, async (_, watch) => {
        for (const [i, { bytes }] of packed.entries())
          await plain.cloudlet.strips.keep({ device: `watch-${watch}`, number: first + i, body: bytes });
      }),
    );
    while (plain.arrived() < before + watches * packed.length) await sleep(5);
    return (1000 * readings) / (performance.now() - began);
  };

  const { ours, glass, open } = await interleaved({ ours: through(paired[0]), glass: through(paired[1]), open: inTheOpen }, size(5, 1));
  yield figure('strips of a minute, against rows of glass', 'readings/s', ours, glass, '<= 1.5 times');
  yield figure('strips of a minute, against no cryptography at all', 'readings/s', ours, open);
  yield figure('strips a second', 'strips/s', (ours * watches * packed.length) / readings, (open * watches * packed.length) / readings);
}

/** Watches of Ada's, each with its session; their memory is not written down, on either side. */
async function pairAll({ keyrings, town, mathematics, clinic }, url, kind) {
  const ada = (await keyrings.of('patient', 'ada', 'Ada')).keyring;
  const cloud = connectCloud(town.addresses.cloud, ada, clock);
  const asAda = connectCloudlet(url, ada, clock);
  const asClinic = connectCloudlet(url, clinic.keyring, clock);
  const ways = [];
  for (let i = 0; i < watches; i++) {
    const { code } = await asClinic.sessions.pair();
    const wearable = await pairDevice(
      { keyring: ada, cloud, cloudlet: asAda, mathematics, clock },
      { name: `${kind}-${i}`, code, address: url },
    );
    const sealing = kind === 'glass' ? glassRow : sealRow;
    ways.push(sender({ wearable, save: async () => {}, cloudlet: connectCloudlet(url, null, clock), clock, sealRow: sealing }));
  }
  return ways;
}
