// What the watches of this benchmark send: a minute of the five vital signs, packed.
import { sensor } from '@carelet/wearable/sensor';
import { strips } from '@carelet/wearable/strips';

const minute = 60_000;

/** Minutes of one day, packed; the same for everybody. */
export async function packedMinutes(count) {
  const from = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const all = [];
  const watch = sensor('bench', { ecg: false });
  for await (const strip of strips([watch.between(from, from + count * minute)])) all.push(strip);
  return all.slice(0, count);
}
