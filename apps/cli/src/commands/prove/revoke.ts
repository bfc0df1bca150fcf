/**
 * `carelet prove revoke`: take back what was shared, and attack it with everything that was given.
 *
 * @module
 */
import type { Revoke } from '@carelet/testbed/revoke';
import { command, UsageError } from '../../command.ts';
import type { Io } from '../../io.ts';
import { note, paint, say, table } from '../../terminal.ts';

export const proveRevoke = command({
  name: 'prove revoke',
  group: 'the town',
  summary: 'take back what was shared, and attack that with all that was given',
  options: {
    rounds: { type: 'text', value: 'number', says: 'how often to take the time until the first refusal (usual: 20)' },
    json: { type: 'flag', says: 'one line of JSON' },
  },
  more: `Stands up a town of its own in a temporary folder. A patient lets two doctors read and takes it back from one. Then the cloud's tables, the mediator's files and the doctor's keys of before are put back, one by one and together, while the clinic writes on.

The exit code is 1 when anything opened that was not promised to stay open, or when the other doctor lost something.`,
  examples: ['carelet prove revoke'],
  async run({ options, io }) {
    const rounds = options.rounds === undefined ? 20 : Number(options.rounds);
    if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > 1000) throw new UsageError('--rounds: a whole number from 1 to 1,000.');
    const [{ revoke }, { scratch }, { mathematicsInThreads }] = await Promise.all([
      import('@carelet/testbed/revoke'),
      import('@carelet/testbed/scratch'),
      import('@carelet/client/threads'),
    ]);
    using folder = scratch();
    await using mathematics = mathematicsInThreads();
    const result = await revoke({ folder: folder.path, mathematics, rounds, tell: (line) => note(io, line) });
    if (options.json) say(io, JSON.stringify(result));
    else tellRevoke(io, result);
    return result.attempts.every(({ held }) => held) ? 0 : 1;
  },
});

/** Who had what, what opened, and whether that was promised. */
export function tellRevoke(io: Io, { records, attempts, refusals, roleRefusal, seconds }: Revoke): void {
  const { bold, warn } = paint(io.stdout, io.env);
  say(io, `${records.before} records were sealed before the taking back, ${records.after} after it. What opens:`);
  say(io);
  table(
    io,
    ['who', 'with', 'before', 'after', ''],
    attempts.map(({ who, has, before, after, held }) => [
      who,
      has,
      String(before),
      String(after),
      held ? 'as promised' : 'NOT as promised',
    ]),
  );
  say(io);
  const at = (share: number) => refusals[Math.min(refusals.length - 1, Math.floor(share * refusals.length))]!.toFixed(0);
  say(
    io,
    `From her word to the refusal of cloud and mediator: ${at(0.5)} ms in the middle, ${at(0.99)} ms at worst, of ${refusals.length}.`,
  );
  say(io, `From an administrator’s word to the refusal of a role’s key: ${roleRefusal.toFixed(0)} ms.`);
  const broken = attempts.filter(({ held }) => !held).length;
  const verdict = broken === 0 ? 'Everything held' : `${broken} of ${attempts.length} did not hold`;
  say(io, (broken === 0 ? bold : warn)(`${verdict} (${seconds.toFixed(1)} s).`));
}
