/**
 * Packets that went wrong on the way: good ones, mutated, against a broker.
 *
 * Each round is a connection of its own: sometimes it is admitted first, then it says a few packets of which most were
 * changed. What comes back is only ever what a broker says, and each refusal of a CONNECT is one of the four there are.
 *
 * @module
 */
import type { Random } from '@carelet/crypto/algebra/random';
import {
  asking,
  ben,
  connectPacket,
  counted,
  disconnectPacket,
  packet,
  pingPacket,
  publishPacket,
  type RawClient,
  rawClient,
  subscribePacket,
  topics,
  unsubscribePacket,
} from './broker.testing.ts';
import type { Broker } from './broker.ts';

/** What a broker says, by the first byte. */
const said = new Set(['20', '30', '40', '90', 'b0', 'd0']);
const refusals = new Set(['20020001', '20020002', '20020003', '20020005']);

/** The longest packet of a broker that is fuzzed: one that waits for the rest of a packet then waits for no more than this. */
export const longestFuzzed = 4096;
/** Ends whatever a packet cut short still waits for; the type 0 that comes next is nobody's. */
const ending = Buffer.alloc(longestFuzzed + 1024);

/** What was seen in all rounds. */
export type Seen = {
  /** Mutated packets that were sent. */
  packets: number;
  /** Connections whose other side hung up, and such that were still there when we did. */
  hungUpOn: number;
  stayed: number;
  /** CONNACKs, by their hex. */
  readonly connacks: Map<string, number>;
  /** Anything that is no packet of a broker. */
  readonly odd: string[];
};

/** Sends at least so many mutated packets, a few connections at once. */
export async function fuzz(broker: Broker, random: Random, packets: number): Promise<Seen> {
  const seen: Seen = { packets: 0, hungUpOn: 0, stayed: 0, connacks: new Map(), odd: [] };
  // Drawn by the thousand: one by one they would cost more than what they are drawn for.
  let pool = random(0);
  let drawn = 0;
  const below = (n: number): number => {
    if (drawn + 2 > pool.length) {
      pool = random(4096);
      drawn = 0;
    }
    return ((pool[drawn++]! << 8) | pool[drawn++]!) % n;
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const lane = async () => {
    while (seen.packets < packets) {
      using client = rawClient(broker.port);
      await round(client);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return seen;

  async function round(client: RawClient): Promise<void> {
    const admitted = below(4) > 0;
    const as = below(2) === 0 ? {} : { user: ben.user, password: ben.password };
    // A session that shall be kept is none that is: whatever were, the heap would show.
    const flags = below(2) === 0 ? 0xc2 : 0xc0;
    if (admitted) client.say(connectPacket({ id: '123'[below(3)]!, flags, ...as }), subscribePacket(1, [topics.down, 1]));
    const many = admitted ? 1 + below(40) : 1 + below(3);
    const batch: Buffer[] = [];
    for (let i = 0; i < many; i++) {
      const good = admitted ? pick(spoken) : connectPacket();
      // Gentle ones mostly: a broken length ends the connection, and what follows it tests nothing.
      batch.push(mutated(good, admitted && below(8) > 0 ? 'inside' : 'anywhere'));
      seen.packets++;
    }
    client.say(...batch, pingPacket, disconnectPacket, ending);
    for (;;) {
      const heard = await client.heard();
      if (heard === 'closed') break;
      if (heard.startsWith('20')) {
        seen.connacks.set(heard, (seen.connacks.get(heard) ?? 0) + 1);
        if (heard !== '20020000' && !refusals.has(heard)) seen.odd.push(heard);
      } else if (!said.has(heard.slice(0, 2))) seen.odd.push(heard);
      if (heard === 'd000') seen.stayed++;
    }
    const rest = await client.end();
    if (rest !== '') seen.odd.push(rest);
    seen.hungUpOn++;
  }

  /** `inside`: type and length stay as they were, and only what follows them is changed. */
  function mutated(good: Buffer, where: 'inside' | 'anywhere'): Buffer {
    const bytes = Buffer.from(good);
    const first = where === 'inside' ? 2 : 0;
    if (bytes.length <= first) return bytes;
    const at = () => first + below(bytes.length - first);
    for (let times = 1 + below(3); times > 0; times--) {
      switch (below(where === 'inside' ? 3 : 7)) {
        case 0:
          bytes[at()]! ^= 1 << below(8);
          break;
        case 1:
          bytes[at()] = pick([0, 1, 0x7f, 0x80, 0xff, 0x23, 0x2b, 0x24]);
          break;
        case 2:
          bytes[at()] = below(256);
          break;
        case 3:
          return bytes.subarray(0, below(bytes.length));
        case 4:
          return Buffer.concat([bytes, random(1 + below(64))]);
        case 5:
          return Buffer.concat([bytes.subarray(0, at()), random(1 + below(16)), bytes.subarray(at())]);
        default:
          return Buffer.from(random(1 + below(120)));
      }
    }
    return bytes;
  }
}

/** What a device says, in all its kinds. */
const spoken: readonly Buffer[] = [
  publishPacket(topics.up, asking(1, Uint8Array.of(1, 2, 3, 4)), { qos: 0 }),
  publishPacket(topics.up, asking(2, new Uint8Array(48).fill(7)), { qos: 1, id: 9 }),
  publishPacket(topics.up, asking(3, Uint8Array.of(0)), { qos: 1, id: 10, dup: 1 }),
  publishPacket(topics.up, Buffer.from('8301656672616d65a0', 'hex'), { qos: 0 }),
  subscribePacket(3, [topics.down, 1], ['#', 0]),
  subscribePacket(4, [topics.down, 0]),
  unsubscribePacket(5, topics.down),
  packet(0x40, 0, 9),
  pingPacket,
  connectPacket(),
  packet(0x82, 0, 6, counted(topics.down), 1),
];
