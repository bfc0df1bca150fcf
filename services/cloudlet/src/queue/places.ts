/**
 * Where each strip lies on the bus: what is looked at to choose what goes next. Some hundred bytes a strip, in memory; read
 * from the bus when the cloudlet starts.
 *
 * @module
 */
import { type Urgency, urgencies } from '@carelet/care/model';
import { nextOf } from '@carelet/care/rules/relay/schedule';
import { type Bytes, compare, hex } from '@carelet/crypto/algebra/bytes';
import { atOnce, together } from './queue.ts';
import type { Label } from './stream.ts';

/**
 * A strip on the bus, as the first of its copies says it is: it lies there twice where the bus was asked twice, because its
 * answer had been lost.
 */
export type Place = Label & { readonly key: string; readonly copies: readonly Label[] };

/** Strips of one chart and one urgency that somebody holds. */
export type Held = { readonly urgency: Urgency; readonly pat: Bytes; readonly places: readonly Place[] };

export type Places = ReturnType<typeof placesOf>;

export function placesOf() {
  const all = new Map<string, Place>();
  const charts = new Map<string, Map<string, Place>>();
  const devices = new Map<string, Map<string, Place>>();
  const held = new Set<string>();
  let messages = 0;

  const chartOf = ({ urgency, pat }: Pick<Place, 'urgency' | 'pat'>) => `${urgency}/${hex(pat)}`;
  const put = (place: Place) => {
    all.set(place.key, place);
    for (const [map, name] of [[charts, chartOf(place)] as const, [devices, hex(place.device)] as const]) {
      map.set(name, (map.get(name) ?? new Map<string, Place>()).set(place.key, place));
    }
  };
  const take = (place: Place) => {
    all.delete(place.key);
    for (const [map, name] of [[charts, chartOf(place)] as const, [devices, hex(place.device)] as const]) {
      const some = map.get(name);
      some?.delete(place.key);
      if (some?.size === 0) map.delete(name);
    }
  };

  return {
    /** How many messages on the bus are known here. */
    messages: () => messages,
    /** How many strips. */
    count: () => all.size,
    since: () => [...all.values()].reduce<number | null>((first, { arrived }) => Math.min(first ?? arrived, arrived), null),
    bySpan(spanMs: number, since: number): Map<number, number> {
      const spans = new Map<number, number>();
      for (const { arrived } of all.values()) {
        const span = Math.floor(arrived / spanMs);
        if (arrived >= since) spans.set(span, (spans.get(span) ?? 0) + 1);
      }
      return spans;
    },
    ofDevices: () => new Map([...devices].map(([device, some]) => [device, some.size])),
    get: (device: Bytes, number: number): Place | undefined => all.get(keyOf(device, number)),
    first(device: Bytes, lane: number): number | null {
      let first: number | null = null;
      for (const place of devices.get(hex(device))?.values() ?? []) {
        if (place.lane === lane && (first === null || place.number < first)) first = place.number;
      }
      return first;
    },

    /** Notes where a strip lies; whether that was news. */
    add(label: Label): boolean {
      const key = keyOf(label.device, label.number);
      const known = all.get(key);
      if (known?.copies.some(({ seq }) => seq === label.seq)) return false;
      messages++;
      if (known) take(known);
      put(placeOf(key, [...(known?.copies ?? []), label]));
      return true;
    },

    /** Forgets one copy of a strip, and the strip with its last. */
    remove({ device, number, seq }: Label): void {
      const key = keyOf(device, number);
      const known = all.get(key);
      const left = known?.copies.filter((copy) => copy.seq !== seq);
      if (!known || !left || left.length === known.copies.length) return;
      messages--;
      take(known);
      if (left.length > 0) put(placeOf(key, left));
    },

    /** What goes next; its chart is held in this urgency until it is released. */
    hold(among: readonly Urgency[], except: ReadonlySet<string>, now: number): Held | null {
      const heads = new Map<Urgency, Place>();
      for (const [name, some] of charts) {
        const [urgency, chart] = name.split('/') as [Urgency, string];
        if (!among.includes(urgency) || held.has(name) || except.has(chart)) continue;
        for (const place of some.values()) {
          const first = heads.get(urgency);
          if (!first || place.arrived < first.arrived) heads.set(urgency, place);
        }
      }
      const head = nextOf(
        urgencies.flatMap((urgency) => heads.get(urgency) ?? []),
        now,
      );
      if (!head) return null;
      const { urgency, pat, device } = head;
      const limit = atOnce[urgency];
      const some = [...charts.get(chartOf(head))!.values()]
        .filter((place) => limit > 1 || compare(place.device, device) === 0)
        .sort((a, b) => compare(a.device, b.device) || a.number - b.number)
        .slice(0, limit);
      held.add(chartOf(head));
      return { urgency, pat, places: together(some, ({ bytes }) => bytes) };
    },

    release(one: Held): void {
      held.delete(chartOf(one));
    },
  };
}

const placeOf = (key: string, copies: readonly Label[]): Place => ({ ...copies[0]!, key, copies });

const keyOf = (device: Bytes, number: number): string => `${hex(device)}/${number}`;
