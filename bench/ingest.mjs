// What a cloudlet takes in: how many strips a second from wearables to the cloud's disk before one in a hundred is a second
// late, against Mosquitto and an insert in the clear; handshakes; bytes and energy; ten thousand devices at once.
//
// Each part says in its own file what exactly is compared.
import { comparedOnAir } from './air.mjs';
import { connected } from './ingest/connected.mjs';
import { ramp } from './ingest/ramp.mjs';
import { packedMinutes } from './ingest/strips.mjs';
import { unsealed } from './ingest/unsealed.mjs';
import { size } from './kit.mjs';

export const says = 'strips a second from wearables to the cloud’s disk, handshakes, and ten thousand devices at once';

export async function* run() {
  yield* ramp();
  yield* comparedOnAir('strips of a minute', await packedMinutes(size(60, 3)));
  yield* connected();
  yield* unsealed();
}
