// `npm start` as a process of its own, with data in a folder of its own: for the benchmarks of starting and memory; what processes take.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../testbed/dist/main.js');

/** Starts the town and waits until it says that it is up; gives seconds, its process and a way to stop it. */
export async function startTown(folder) {
  const began = performance.now();
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CARELET_DATA_FOLDER: folder, CARELET_PORT: '0' },
  });
  let said = '';
  await new Promise((done, fail) => {
    const hear = (text) => {
      said += text;
      if (said.includes('is up')) done();
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`the town ended with ${code}:\n${said}`)));
  });
  const seconds = (performance.now() - began) / 1000;
  return {
    seconds,
    pid: child.pid,
    async stop() {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** A process and all below it. */
export function processTree(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended in the meantime.
    }
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** Memory of a process and all below it in megabytes: `rss` counts shared pages for each, `pss` shares them out. */
export function memoryOf(root) {
  const tree = processTree(root);
  const sum = { processes: tree.length, rss: 0, pss: 0 };
  for (const pid of tree) {
    let rollup;
    try {
      rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    } catch {
      continue;
    }
    const kilobytes = (word) => Number(new RegExp(`^${word}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
    sum.rss += kilobytes('Rss') / 1024;
    sum.pss += kilobytes('Pss') / 1024;
  }
  return sum;
}

/** Memory of one process in megabytes, as the system counts it (RSS). */
export const residentOf = (pid) => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** Milliseconds that children of a process which have ended had been on a processor: a PostgreSQL lets its backends come and go. */
export function endedTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // `cutime` and `cstime` of proc(5), in hundredths of a second.
  return 10 * (Number(fields[13]) + Number(fields[14]));
}

/** Milliseconds that a process and all below it have been on a processor: altogether, and in threads of web workers. */
export function processorTime(root) {
  const sum = { all: 0, workers: 0 };
  for (const pid of processTree(root)) {
    for (const thread of namesIn(`/proc/${pid}/task`)) {
      try {
        const ms = Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
        sum.all += ms;
        if (readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').startsWith('DedicatedWorker')) sum.workers += ms;
      } catch {
        // It ended in the meantime.
      }
    }
  }
  return sum;
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
