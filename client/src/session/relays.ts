/**
 * What a device with several cloudlets makes of them: whom it hands a strip to, when it lets go of it, what it thinks of whom.
 *
 * [Note: Strips on trust]
 * A cloudlet that takes strips and does not forward them (a black hole) says the same as one that does. So a device that has
 * another to ask keeps what it handed over until that other says that the cloud has it, and hands over again what it has not.
 * What a cloudlet says of its own strips counts for nothing here, nor what one says that has lost its reputation.
 *
 * @module
 */
import { urgencies } from '@carelet/care/model';
import { chooseRelays, isCredible } from '@carelet/care/rules/relay/meeting';
import { hex } from '@carelet/crypto/algebra/bytes';
import { decodeStrip } from '@carelet/crypto/records/strip';
import { type AskedRow, type Finding, longestInquiry } from '@carelet/crypto/session/inquiry';
import type { EntrustedStrip, HeldStrip, Wearable, WearableRelay } from './wearable.ts';

export const emergency = urgencies.indexOf('emergency');
const routine = urgencies.indexOf('routine');

/** Within how many seconds a strip of each lane should be in the cloud; another cloudlet is asked about it a while later. */
const windows = [2, 10, 900] as const;
const askedAfter = [60, 60, 900] as const;

/** What a device keeps on trust at most; beyond it the oldest goes that somebody credible took. */
const onTrust = { strips: 200, bytes: 256 * 1024 } as const;

/** Spots told apart for each cloudlet; all others are one. */
const mostSpots = 8;
const otherSpots = 'elsewhere';
const daySeconds = 86_400;
/** Meetings count for as many days, the older ones for half of that. */
const rememberedDays = 30;
/** Strips that make up a reputation: older ones fade. */
const mostTaken = 128;

/** What of a device these rules look at: its strips, and what it knows of its cloudlets. */
export type Relaying = Pick<Wearable, 'relays' | 'waiting' | 'entrusted' | 'routine'>;

/** The strip that goes to this cloudlet next: the oldest of the most urgent lane in which any is meant for it. */
export function nextFor(wearable: Relaying, relay: WearableRelay, now: number): HeldStrip | undefined {
  for (const lane of urgencies.keys()) {
    const wanted = wantedIn(wearable, lane, now);
    const strip = wearable.waiting.find((one) => one.lane === lane && wanted(one, relay));
    if (strip) return strip;
  }
  return undefined;
}

/** A cloudlet said that it has a strip on its disk; whether it is the first to say so. */
export function took(wearable: Relaying, relay: WearableRelay, lane: number, number: number): boolean {
  const strip = [...wearable.waiting, ...wearable.entrusted].find((one) => one.number === number && one.lane === lane);
  if (!strip || strip.at.includes(relay.name)) return false;
  strip.at.push(relay.name);
  if (lane === routine) wearable.routine = relay.name;
  return strip.at.length === 1;
}

/**
 * Lets go of what was answered for: of routine as soon as one has it, of what is more urgent when no other that it is meant for is
 * there, of an emergency not before the cloud has it. Nothing waits for a cloudlet that is away. Where another can be
 * asked, it stays on trust.
 */
export function settle(wearable: Relaying, now: number): void {
  const wanted = urgencies.map((_, lane) => wantedIn(wearable, lane, now));
  const isDone = (strip: HeldStrip) =>
    strip.at.length > 0 &&
    (strip.lane !== emergency || strip.reached) &&
    (strip.lane === routine || !wearable.relays.some((relay) => wanted[strip.lane]!(strip, relay)));
  const done = wearable.waiting.filter(isDone);
  if (done.length === 0) return;
  wearable.waiting = wearable.waiting.filter((strip) => !done.includes(strip));
  wearable.entrusted.push(...done.filter((strip) => somebodyToAsk(wearable, strip)).map((strip) => ({ ...strip, since: now })));
  letGo(wearable);
}

/** The strips to ask this cloudlet about: others took them, and their time is over. */
export function toAskOf({ entrusted }: Relaying, relay: WearableRelay, now: number): readonly EntrustedStrip[] {
  if (!isCredible(relay)) return [];
  const isDue = ({ lane, since }: EntrustedStrip) => now - since >= askedAfter[lane]! || since > now;
  return entrusted.filter((strip) => !strip.at.includes(relay.name) && isDue(strip)).slice(0, longestInquiry);
}

/** The row of a strip. */
export function rowOf({ body }: HeldStrip): AskedRow {
  const { part, row } = decodeStrip(body)!;
  return { part, rowId: row.rowId };
}

/**
 * Draws the conclusions from what another cloudlet said: what the cloud has is forgotten; what it has not waits again, for somebody
 * else; and whoever took it is thought of accordingly.
 */
export function judge(wearable: Relaying, asked: readonly EntrustedStrip[], found: NonNullable<Finding>, now: number): void {
  const there = new Set(found.map(hex));
  for (const strip of asked) {
    const arrived = there.has(hex(rowOf(strip).rowId));
    const takers = wearable.relays.filter(({ name }) => strip.at.includes(name));
    // Where several took it, one of them brought it, and nobody knows which.
    if (!arrived || takers.length === 1) for (const relay of takers) count(relay, arrived, now);
  }
  const gone = new Set(asked);
  wearable.entrusted = wearable.entrusted.filter((strip) => !gone.has(strip));
  const missing = asked.filter((strip) => !there.has(hex(rowOf(strip).rowId)));
  const again = missing.map(({ number, lane, body, at, past }) => ({ number, lane, body, at: [], past: [...past, ...at], reached: false }));
  wearable.waiting = [...wearable.waiting, ...again].sort((a, b) => a.number - b.number);
}

/** A cloudlet answered, at this spot: it is met when it was away before, or elsewhere. */
export function met(relay: WearableRelay, spot: string, now: number): void {
  if (relay.since === 0) relay.since = relay.faded = now;
  if (relay.near === spot) return;
  relay.near = spot;
  const known = Object.hasOwn(relay.meetings, spot) || Object.keys(relay.meetings).length < mostSpots - 1;
  const at = known ? spot : otherSpots;
  relay.meetings[at] = (relay.meetings[at] ?? 0) + 1;
  if (now - relay.since < 2 * rememberedDays * daySeconds) return;
  relay.meetings = Object.fromEntries(Object.entries(relay.meetings).map(([one, times]) => [one, Math.ceil(times / 2)]));
  relay.since = now - rememberedDays * daySeconds;
}

/**
 * What counts against a cloudlet, and for it, halves every day: whoever lost the cloud for an afternoon is given another chance.
 */
export function fade(relay: WearableRelay, now: number): void {
  const days = Math.floor((now - relay.faded) / daySeconds);
  if (days < 1) return;
  halve(relay, days);
  relay.faded += days * daySeconds;
}

/** Whether a strip of a lane is meant for a cloudlet that is there and does not have it. */
function wantedIn(wearable: Relaying, lane: number, now: number): (strip: HeldStrip, relay: WearableRelay) => boolean {
  const { relays } = wearable;
  if (relays.length === 1) return (strip, { name }) => !strip.at.includes(name);
  const usual = chosen(wearable, relays, lane, now);
  return ({ at, past }, relay) => {
    if (relay.near === null || at.includes(relay.name) || past.includes(relay.name)) return false;
    const others = past.length > 0 ? relays.filter(({ name }) => !past.includes(name)) : relays;
    return (past.length > 0 ? chosen(wearable, others, lane, now) : usual).has(relay.name);
  };
}

function chosen(wearable: Relaying, among: readonly WearableRelay[], lane: number, now: number): ReadonlySet<string> {
  const known = among.map((relay) => ({
    name: relay.name,
    inRange: relay.near !== null,
    meetings: Object.keys(relay.meetings).length > 0 ? Object.values(relay.meetings) : [0],
    observed: relay.since === 0 ? 0 : Math.max(0, now - relay.since),
    taken: relay.taken,
    arrived: relay.arrived,
  }));
  // Routine does not wait for the one before while another is there.
  const before = known.find(({ name, inRange }) => inRange && name === wearable.routine)?.name;
  const told = { observed: 0, seconds: windows[lane]!, ...(before !== undefined && { before }) };
  return new Set(chooseRelays(urgencies[lane]!, known, told).map(({ name }) => name));
}

/** Whether there is a cloudlet that never had this strip: all that had it have it on their disks. */
const somebodyToAsk = ({ relays }: Relaying, { at, past }: HeldStrip): boolean =>
  relays.some(({ name }) => !at.includes(name) && !past.includes(name));

function letGo(wearable: Relaying): void {
  const trusted = new Set(wearable.relays.filter(isCredible).map(({ name }) => name));
  let strips = wearable.entrusted.length;
  let bytes = wearable.entrusted.reduce((sum, { body }) => sum + body.length, 0);
  wearable.entrusted = wearable.entrusted.filter(({ at, body }) => {
    const keeps = (strips <= onTrust.strips && bytes <= onTrust.bytes) || !at.some((name) => trusted.has(name));
    if (!keeps) {
      strips--;
      bytes -= body.length;
    }
    return keeps;
  });
}

function count(relay: WearableRelay, arrived: boolean, now: number): void {
  fade(relay, now);
  relay.taken++;
  if (arrived) relay.arrived++;
  if (relay.taken >= mostTaken) halve(relay, 1);
}

function halve(relay: WearableRelay, times: number): void {
  relay.taken = Math.floor(relay.taken / 2 ** times);
  relay.arrived = Math.floor(relay.arrived / 2 ** times);
}
