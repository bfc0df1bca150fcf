/**
 * Small bounded memories for what is dear to compute and public.
 *
 * @module
 */
import type { Group } from './group.ts';

/**
 * A memory of the `capacity` values used last, for each backend apart.
 *
 * @returns gives the value of that name, making it when it is not there
 */
export function remembered<V>(capacity: number): (group: Group, name: string, make: () => V) => V {
  const memories = new WeakMap<Group, Map<string, V>>();
  return (group, name, make) => {
    const memory = memories.get(group) ?? new Map<string, V>();
    memories.set(group, memory);
    let value = memory.get(name);
    // A map keeps the order of insertion: what is used moves to the end, what was not used longest is at the front.
    if (value !== undefined) memory.delete(name);
    else {
      value = make();
      if (memory.size >= capacity) memory.delete(memory.keys().next().value!);
    }
    memory.set(name, value);
    return value;
  };
}
