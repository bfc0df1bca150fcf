/**
 * Work that is done together: what comes while some is under way is done next, with whatever else came in the meantime. Alone
 * it is done at once.
 *
 * @module
 */

export type Together = {
  /** The most that is done at once, and how many such are under way. */
  readonly most: number;
  readonly sideBySide: number;
};

/**
 * @param keyOf things of one key are never done at the same time, and in the order in which they came
 * @param work gives what came of each, in their order; what it throws came of all
 */
export function together<In, Out>(
  { most, sideBySide }: Together,
  keyOf: (item: In) => unknown,
  work: (items: readonly In[]) => Promise<readonly PromiseSettledResult<Out>[]>,
): (item: In) => Promise<Out> {
  type Waiting = { readonly item: In; readonly done: (out: Out) => void; readonly fail: (thrown: unknown) => void };
  let waiting: Waiting[] = [];
  const busy = new Set<unknown>();
  let underWay = 0;

  function begin(): void {
    while (underWay < sideBySide) {
      const batch: Waiting[] = [];
      const later: Waiting[] = [];
      const passed = new Set<unknown>();
      for (const one of waiting) {
        const key = keyOf(one.item);
        const free = batch.length < most && !busy.has(key) && !passed.has(key);
        passed.add(key);
        (free ? batch : later).push(one);
      }
      if (batch.length === 0) return;
      waiting = later;
      void run(batch);
    }
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    underWay++;
    for (const { item } of batch) busy.add(keyOf(item));
    try {
      const outcomes = await work(batch.map(({ item }) => item));
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') batch[i]!.done(outcome.value);
        else batch[i]!.fail(outcome.reason);
      }
    } catch (thrown) {
      for (const { fail } of batch) fail(thrown);
    } finally {
      underWay--;
      for (const { item } of batch) busy.delete(keyOf(item));
      begin();
    }
  }

  return (item) =>
    new Promise((done, fail) => {
      waiting.push({ item, done, fail });
      begin();
    });
}
