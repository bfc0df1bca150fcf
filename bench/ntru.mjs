// The NTRU KEM, compiled and plain, against what npm and Node offer for the same purpose, and against a native library
// where there is one: CARELET_SPEED_KEM=/path/to/liboqs/build/tests/speed_kem.
//
// A figure is the tenth percentile of batches of one millisecond, taken turn by turn with the contender's, so that a
// machine that others use as well disturbs it little. Two regimes of randomness are told apart. "Fresh": as shipped,
// every operation draws its own coins; that is what other libraries do, and what a ratio compares unless it says
// otherwise. "Coins given": without drawing them, which only we can show.
//
// NTRU's peers on npm are one library (the others of that name are older schemes, see docs/dependencies.md); ML-KEM-768
// is what one would take instead.
import { spawnSync } from 'node:child_process';
import nodeCrypto from 'node:crypto';
import { dh, dhKey } from '@carelet/crypto/algebra/dh';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { hybridDecapsulate, hybridEncapsulate, hybridKeygen } from '@carelet/crypto/ntru/hybrid';
import { ntruhps2048677, ntruhps4096821, ntruhrss701 } from '@carelet/crypto/ntru/index';
import { hps677, hps821, hrss701 } from '@carelet/crypto/ntru/params';
import { plainKem } from '@carelet/crypto/ntru/plain';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import * as oqs from '@oqs/liboqs-js';
import { MlKem768 } from 'mlkem';
import { figure, size, tenths } from './kit.mjs';

export const says = 'NTRU in WebAssembly and plain TypeScript, against npm, Node and native KEMs';

/** What we want to cost against others, by set and peer: keygen, encapsulate, decapsulate (schemes/session.md, section 4). */
const aims = {
  ntruhps4096821: { npm: [1 / 100, 1 / 14, 1 / 17], noble: [1 / 3.3, 1 / 36, 1 / 21], native: [1.4, 0.55, 1.4] },
  ntruhps2048677: { npm: [1 / 90, 1 / 14, 1 / 16], noble: [1 / 4, 1 / 44, 1 / 26], native: [1.6, 0.5, 1.5] },
};
const aimOf = (set, peer, i) => {
  const aim = aims[set]?.[peer][i];
  return aim === undefined ? undefined : `× ${aim.toPrecision(2)} or less`;
};

const sets = [
  { kem: ntruhps4096821, params: hps821, make: oqs.createNTRUHps4096821, native: 'NTRU-HPS-4096-821' },
  { kem: ntruhps2048677, params: hps677, make: oqs.createNTRUHps2048677, native: 'NTRU-HPS-2048-677' },
  { kem: ntruhrss701, params: hrss701, make: oqs.createNTRUHrss701, native: 'NTRU-HRSS-701' },
];
const operations = ['keygen', 'encapsulate', 'decapsulate'];

export async function* run() {
  const random = seededRandom('bench/ntru'); // inputs of a benchmark need to be repeatable, not secret
  const noble = operationsOfNoble();
  for (const { kem, params, make, native } of sets) {
    const peer = await make();
    const theirs = operationsOf({
      keygen: () => peer.generateKeyPair(),
      encapsulate: (publicKey) => peer.encapsulate(publicKey),
      decapsulate: (ciphertext, secretKey) => peer.decapsulate(ciphertext, secretKey),
    });
    const ours = operationsOf(kem);
    const plain = operationsOf(plainKem(params));
    const { publicKey, secretKey, ciphertext } = ours;
    const coins = [random(kem.lengths.keygenCoins), random(kem.lengths.encapsulateCoins)];
    const sealing = kem.preparePublicKey(publicKey);
    const opening = kem.prepareSecretKey(secretKey);
    const given = [() => kem.keygen(coins[0]), () => kem.encapsulate(publicKey, coins[1])];
    const prepared = [undefined, () => sealing.encapsulate(), () => opening.decapsulate(ciphertext)];
    const nativeTimes = speedOf(native);
    for (const [i, name] of operations.entries()) {
      const what = `${kem.name} ${name}`;
      const times = await tenths({
        ours: ours.run[i],
        npm: theirs.run[i],
        noble: noble.run[i],
        plain: plain.run[i],
        ...(given[i] && { given: given[i] }),
        ...(prepared[i] && { prepared: prepared[i] }),
      });
      yield figure(`${what}, against @oqs/liboqs-js`, 'us', times.ours, times.npm, aimOf(kem.name, 'npm', i));
      if (prepared[i]) yield figure(`${what}, prepared key, against the same`, 'us', times.prepared, times.npm, aimOf(kem.name, 'npm', i));
      yield figure(`${what}, against ML-KEM-768 of @noble/post-quantum`, 'us', times.ours, times.noble, aimOf(kem.name, 'noble', i));
      yield figure(`${what}, against our own in plain TypeScript`, 'us', times.ours, times.plain);
      if (given[i]) yield figure(`${what}, coins given`, 'us', times.given);
      if (nativeTimes) yield figure(`${what}, against native ${native}`, 'us', times.ours, nativeTimes[i], aimOf(kem.name, 'native', i));
    }
    sealing[Symbol.dispose]();
    opening[Symbol.dispose]();
  }
  const mlkem = await operationsOfMlkem();
  const node = operationsOfNode();
  for (const [i, name] of operations.entries()) {
    const times = await tenths({ ours: noble.run[i], mlkem: mlkem.run[i], ...(node && { node: node.run[i] }) });
    yield figure(`ML-KEM-768 ${name}, mlkem`, 'us', times.mlkem);
    if (node) yield figure(`ML-KEM-768 ${name}, Node`, 'us', times.node);
  }
  yield* hybrid(random);
}

/** The hybrid that cards and sessions use, against X25519 alone: what one would have without caring about quantum computers. */
async function* hybrid(random) {
  const context = random(32);
  const mine = hybridKeygen(random);
  const { ciphertext } = hybridEncapsulate(mine.publicKey, context, random);
  const [a, b] = [dhKey(random), dhKey(random)];
  const opening = await tenths({
    ours: () => hybridDecapsulate(mine.secretKey, ciphertext, context),
    theirs: () => dh(a.secret, b.public),
  });
  yield figure('hybrid decapsulation, against X25519 alone', 'us', opening.ours, opening.theirs);
  const sealing = await tenths({
    ours: () => hybridEncapsulate(mine.publicKey, context),
    theirs: () => dh(dhKey().secret, b.public),
  });
  yield figure('hybrid encapsulation, against X25519 alone', 'us', sealing.ours, sealing.theirs);
}

/** The three operations of a KEM on a key of its own. */
function operationsOf(kem) {
  const { publicKey, secretKey } = kem.keygen();
  const { ciphertext } = kem.encapsulate(publicKey);
  const run = [() => kem.keygen(), () => kem.encapsulate(publicKey), () => kem.decapsulate(ciphertext, secretKey)];
  return { publicKey, secretKey, ciphertext, run };
}

function operationsOfNoble() {
  const { keygen, encapsulate, decapsulate } = ml_kem768;
  const { publicKey, secretKey } = keygen();
  const { cipherText } = encapsulate(publicKey);
  return { run: [() => keygen(), () => encapsulate(publicKey), () => decapsulate(cipherText, secretKey)] };
}

async function operationsOfMlkem() {
  const kem = new MlKem768();
  const [publicKey, secretKey] = await kem.generateKeyPair();
  const [ciphertext] = await kem.encap(publicKey);
  return { run: [() => kem.generateKeyPair(), () => kem.encap(publicKey), () => kem.decap(ciphertext, secretKey)] };
}

/** Node's own, from version 24 on. */
function operationsOfNode() {
  const { encapsulate, decapsulate, generateKeyPairSync } = nodeCrypto;
  if (!encapsulate) return undefined;
  const { publicKey, privateKey } = generateKeyPairSync('ml-kem-768');
  const { ciphertext } = encapsulate(publicKey);
  return { run: [() => generateKeyPairSync('ml-kem-768'), () => encapsulate(publicKey), () => decapsulate(privateKey, ciphertext)] };
}

/** Microseconds of a native library's three operations, as liboqs' speed_kem prints them. */
function speedOf(algorithm) {
  const program = process.env.CARELET_SPEED_KEM;
  if (!program) return undefined;
  const { stdout, error } = spawnSync(program, ['--duration', String(size(2, 1)), algorithm], { encoding: 'utf8' });
  if (error) throw error;
  return ['keygen', 'encaps', 'decaps'].map((name) => {
    const mean = new RegExp(`^${name}\\s*\\|[^|]*\\|[^|]*\\|\\s*([\\d.]+)`, 'm').exec(stdout)?.[1];
    if (mean === undefined) throw new Error(`${program} says nothing about ${name} of ${algorithm}`);
    return Number(mean);
  });
}
