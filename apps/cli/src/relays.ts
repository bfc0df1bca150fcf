/**
 * A wearable's cloudlets in words.
 *
 * @module
 */
import { isCredible } from '@carelet/care/rules/relay/meeting';
import type { Wearable, WearableRelay } from '@carelet/client/session/wearable';
import type { Io } from './io.ts';
import { count, note } from './terminal.ts';

/** `ward: http://…, there; met twice …`: one line. */
export function relayInWords(relay: WearableRelay): string {
  const { name, address, near, meetings, since, taken, arrived } = relay;
  const times = Object.values(meetings).reduce((sum, one) => sum + one, 0);
  const spots = Object.keys(meetings).filter((spot) => spot !== 'anywhere');
  const where = spots.length > 0 ? ` at ${spots.join(', ')}` : '';
  const here = since === 0 ? 'not met yet' : near === null ? 'away' : 'there';
  const met = times > 0 ? `, met ${count(times, 'time')}${where}` : '';
  const seen = taken === 0 ? '' : `; ${arrived} of ${count(taken, 'strip')} seen in the cloud by another`;
  return `${name}: ${address}, ${here}${met}${seen}${isCredible(relay) ? '' : '. It does not bring what it takes'}`;
}

/** Tells when a cloudlet comes, goes, and loses or regains its reputation; of a wearable with one there is nothing to tell. */
export function watchRelays(io: Io, { relays }: Wearable): () => void {
  const state = ({ near }: WearableRelay) => near !== null;
  const before = new Map(relays.map((relay) => [relay.name, { there: state(relay), credible: isCredible(relay) }]));
  return () => {
    if (relays.length === 1) return;
    for (const relay of relays) {
      const [was, there, credible] = [before.get(relay.name)!, state(relay), isCredible(relay)];
      if (was.there !== there) note(io, there ? `${relay.name} is there.` : `${relay.name} does not answer.`);
      if (was.credible && !credible) note(io, `${relay.name} takes strips and does not bring them; they go by another as well.`);
      if (!was.credible && credible) note(io, `${relay.name} is given another chance.`);
      before.set(relay.name, { there, credible });
    }
  };
}
