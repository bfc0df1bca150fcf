/**
 * Places a thief of the cloud could look: files, the environment, the memory of processes.
 *
 * @module
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Needle } from './needles.ts';
import type { Searcher } from './search.ts';

/** What a place held. */
export type Searched = {
  readonly place: string;
  /** Things looked through there, in words: `312 files`. */
  readonly of: string;
  readonly bytes: number;
  /** The first sighting of each needle. */
  readonly found: readonly { readonly needle: Needle; readonly where: string }[];
  /** What could not be read, and why. */
  readonly unread: readonly string[];
};

const blockSize = 8 * 1024 * 1024;

/** Collects what one place held. */
export class Place {
  readonly #searcher: Searcher;
  readonly #name: string;
  readonly #found = new Map<Needle, string>();
  readonly #unread: string[] = [];
  #bytes = 0;

  constructor(name: string, searcher: Searcher) {
    this.#name = name;
    this.#searcher = searcher;
  }

  /** Looks through bytes that are all there. */
  look(bytes: Uint8Array, where: string): void {
    this.#bytes += bytes.length;
    this.#see(bytes, where, 0);
  }

  /**
   * Looks through something read block by block.
   *
   * @param read puts bytes at a position into the block and gives how many; throws where nothing can be read
   */
  lookThrough(length: number, where: string, read: (block: Uint8Array, at: number) => number): void {
    const kept = this.#searcher.longest - 1;
    const block = new Uint8Array(kept + Math.min(blockSize, length));
    let carried = 0;
    for (let at = 0; at < length; ) {
      const count = read(block.subarray(carried, carried + Math.min(blockSize, length - at)), at);
      if (count === 0) break;
      this.#see(block.subarray(0, carried + count), where, at - carried);
      this.#bytes += count;
      at += count;
      const tail = Math.min(kept, carried + count);
      block.copyWithin(0, carried + count - tail, carried + count);
      carried = tail;
    }
  }

  cannotRead(what: string, thrown: unknown): void {
    this.#unread.push(`${what}: ${(thrown as NodeJS.ErrnoException).code ?? 'unreadable'}`);
  }

  searched(of: string): Searched {
    const found = [...this.#found].map(([needle, where]) => ({ needle, where }));
    return { place: this.#name, of, bytes: this.#bytes, found, unread: this.#unread };
  }

  #see(bytes: Uint8Array, where: string, before: number): void {
    this.#searcher.look(bytes, ({ needle, at }) => {
      if (!this.#found.has(needle)) this.#found.set(needle, `${where}, byte ${before + at}`);
    });
  }
}

/** Every file below folders, and single files. */
export function searchFiles(name: string, paths: readonly string[], searcher: Searcher): Searched {
  const place = new Place(name, searcher);
  let files = 0;
  const visit = (path: string, root: string) => {
    const entry = statSync(path, { throwIfNoEntry: false });
    if (entry?.isDirectory()) for (const inner of readdirSync(path)) visit(join(path, inner), root);
    if (!entry?.isFile()) return;
    files++;
    searchFile(place, path, relative(root, path) || path, entry.size);
  };
  for (const path of paths) visit(path, path);
  return place.searched(count(files, 'file'));
}

function searchFile(place: Place, path: string, where: string, size: number): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') place.cannotRead(where, thrown);
    return;
  }
  try {
    place.lookThrough(size, where, (block, at) => readSync(file, block, 0, block.length, at));
  } finally {
    closeSync(file);
  }
}

/** A process and every process below it. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function parentOf(pid: number): number | undefined {
  try {
    // The name, in brackets, may hold anything; the parent is the second field behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** What processes were started with. */
export function searchEnvironment(pids: readonly number[], searcher: Searcher): Searched {
  const place = new Place('environment and command lines', searcher);
  for (const pid of pids) {
    for (const file of ['environ', 'cmdline']) {
      try {
        place.look(readFileSync(`/proc/${pid}/${file}`), `${nameOf(pid)} ${file}`);
      } catch (thrown) {
        if (!isGone(thrown)) place.cannotRead(`${file} of ${nameOf(pid)}`, thrown);
      }
    }
  }
  return place.searched(count(pids.length, 'process', 'processes'));
}

/**
 * Every readable region of the processes' memory. What several of them share is read once. Processes are stopped
 * while they are read, so that nothing moves out of sight.
 */
export function searchMemory(name: string, pids: readonly number[], searcher: Searcher, shared = new Set<string>()): Searched {
  const place = new Place(name, searcher);
  let regions = 0;
  for (const pid of pids) {
    let memory: number;
    let maps: string;
    try {
      maps = readFileSync(`/proc/${pid}/maps`, 'latin1');
      memory = openSync(`/proc/${pid}/mem`, 'r');
    } catch (thrown) {
      if (!isGone(thrown)) place.cannotRead(`memory of ${nameOf(pid)}`, thrown);
      continue;
    }
    try {
      process.kill(pid, 'SIGSTOP');
      for (const region of regionsOf(maps)) {
        if (region.shared !== undefined) {
          if (shared.has(region.shared)) continue;
          shared.add(region.shared);
        }
        regions++;
        searchRegion(place, memory, region, nameOf(pid));
      }
    } finally {
      process.kill(pid, 'SIGCONT');
      closeSync(memory);
    }
  }
  return place.searched(`${count(pids.length, 'process', 'processes')}, ${count(regions, 'region')}`);
}

type Region = { readonly from: bigint; readonly length: number; readonly what: string; readonly shared: string | undefined };

function* regionsOf(maps: string): Generator<Region> {
  for (const line of maps.split('\n')) {
    const [, start, end, rights, offset, device, inode, path = ''] =
      /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) (\S+) (\d+)\s*(.*)$/.exec(line) ?? [];
    // The kernel's own pages are no memory of the process.
    if (!start || !rights?.startsWith('r') || /^\[v(syscall|var|dso)/.test(path)) continue;
    const from = BigInt(`0x${start}`);
    const length = Number(BigInt(`0x${end}`) - from);
    const same = inode !== '0' && (rights[3] === 's' || rights[1] === '-');
    yield { from, length, what: path || 'memory', shared: same ? `${device} ${inode} ${offset} ${length}` : undefined };
  }
}

const page = 4096;

function searchRegion(place: Place, memory: number, { from, length, what }: Region, who: string): void {
  let lost = 0;
  place.lookThrough(length, `${who}, ${what}`, (block, at) => {
    try {
      return readSync(memory, block, 0, block.length, from + BigInt(at));
    } catch {
      // A page that is not there (behind the end of a file, say): what is left of the block, page by page.
      for (let page0 = 0; page0 < block.length; page0 += page) {
        const one = block.subarray(page0, Math.min(page0 + page, block.length));
        try {
          readSync(memory, one, 0, one.length, from + BigInt(at + page0));
        } catch {
          one.fill(0);
          lost += one.length;
        }
      }
      return block.length;
    }
  });
  // Nothing to be had of the whole region means that we are not allowed to; single pages are simply not there.
  if (lost === length && length > 0 && !what.startsWith('/')) place.cannotRead(`${who}, ${what}`, { code: 'EIO' });
}

const isGone = (thrown: unknown): boolean => ['ENOENT', 'ESRCH'].includes((thrown as NodeJS.ErrnoException).code ?? '');

function nameOf(pid: number): string {
  try {
    return `${readlinkSync(`/proc/${pid}/exe`).split('/').at(-1)} ${pid}`;
  } catch {
    return `process ${pid}`;
  }
}

const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
