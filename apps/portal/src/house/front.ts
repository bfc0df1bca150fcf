/**
 * The front of the house: what pages ask is answered by a worker, and only its answers come out.
 *
 * The worker starts when the page has been drawn and has nothing else to do, or when something is first asked. Locking ends it, and with it
 * everything it held in memory; another one takes its place.
 *
 * @module
 */
import { proxy, type Remote, transferHandlers, wrap } from 'comlink';
import workerUrl from '../worker/worker.ts?worker&url';
import { HouseFailure } from './errors.ts';
import type { House, HouseError, HouseEvent } from './house.ts';
import { trustedScripts } from './trusted.ts';

export { HouseFailure } from './errors.ts';

/** A failure crosses as a kind and a sentence, and becomes an error of ours here. */
const crossing = transferHandlers.get('throw')!;
transferHandlers.set('throw', {
  canHandle: crossing.canHandle,
  serialize: crossing.serialize,
  deserialize(failure: HouseError) {
    throw new HouseFailure(failure);
  },
});

const scripts = trustedScripts(workerUrl);

type Running = { readonly worker: Worker; readonly remote: Remote<House>; readonly waiting: Set<(failure: HouseFailure) => void> };

/** How long locking may take to keep what is to be kept, in milliseconds. */
const longestFarewell = 2_000;

let running: Running | null = null;
/** While a worker takes its leave; whatever is asked meanwhile is for the next one. */
let farewell: Promise<void> | null = null;
let told: ((event: HouseEvent) => void) | null = null;
const mourners = new Set<() => void>();

/** Tells when the worker died, of whatever: then nobody is unlocked any more. Gives back how to stop being told. */
export function whenHouseDies(tell: () => void): () => void {
  mourners.add(tell);
  return () => mourners.delete(tell);
}

function run(): Running {
  if (running) return running;
  const worker = new Worker(scripts(workerUrl), { type: 'module', name: 'carelet' });
  const started: Running = { worker, remote: wrap<House>(worker), waiting: new Set() };
  running = started;
  const died = () => {
    if (running !== started) return;
    end('the page’s own worker has stopped');
    for (const tell of mourners) tell();
  };
  worker.addEventListener('error', died);
  worker.addEventListener('messageerror', died);
  if (told) void started.remote.watch(proxy(told));
  return started;
}

/** Ends the worker and with it everything it knew; whoever waits for an answer is told that there will be none. */
function end(because: string): void {
  const ended = running;
  running = null;
  ended?.worker.terminate();
  for (const refuse of ended?.waiting ?? []) refuse(new HouseFailure({ kind: 'unavailable', message: `Cannot answer: ${because}` }));
}

async function ask(method: keyof House, given: readonly unknown[]): Promise<unknown> {
  while (farewell) await farewell;
  return answerOf(run(), method, given);
}

async function answerOf({ remote, waiting }: Running, method: keyof House, given: readonly unknown[]): Promise<unknown> {
  const call = remote[method] as unknown as (...given: readonly unknown[]) => Promise<unknown>;
  let refuse: (failure: HouseFailure) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    refuse = reject;
    waiting.add(refuse);
  });
  try {
    return await Promise.race([call(...given), ended]);
  } finally {
    waiting.delete(refuse);
  }
}

async function leave(): Promise<void> {
  // What is to be kept is kept first; whatever comes of that, and however long it takes, the worker ends.
  const late = new Promise((done) => setTimeout(done, longestFarewell));
  if (running) await Promise.race([answerOf(running, 'lock', []).catch(() => {}), late]);
  end('it was locked');
  run();
}

const own: Pick<House, 'lock' | 'watch'> = {
  lock() {
    farewell ??= leave().finally(() => {
      farewell = null;
    });
    return farewell;
  },
  async watch(tell) {
    told = tell;
    await ask('watch', [proxy(tell)]);
  },
};

/** The house. Every method answers as `House` says, and throws nothing but `HouseFailure`. */
export const house: House = new Proxy(own as House, {
  get(target, name) {
    // A promise is known by its `then`: the house is none.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    if (Object.hasOwn(target, name)) return target[name as keyof House];
    return (...given: readonly unknown[]) => ask(name as keyof House, given);
  },
});

/** Starts the worker once there is time, so that it does not keep what is being drawn waiting; before that, when it is asked. */
export function startSoon(): void {
  const whenIdle: (then: () => void) => void = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 200));
  whenIdle(run);
}
