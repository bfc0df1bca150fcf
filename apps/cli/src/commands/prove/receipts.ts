/**
 * `carelet prove receipts`: a cloud lies with its tables and its log, and somebody notices.
 *
 * @module
 */
import type { ReceiptsProof } from '@carelet/testbed/receipts';
import { command, common } from '../../command.ts';
import type { Io } from '../../io.ts';
import { note, paint, say } from '../../terminal.ts';

export const proveReceipts = command({
  name: 'prove receipts',
  group: 'the town',
  summary: 'let a cloud lie with its tables and its log, and see who notices',
  options: { ...common.json },
  more: `Stands up a town of its own in a temporary folder. The cloud owns its database and its log's key, and does with them what it likes, one lie after the other; a doctor reads, a patient goes through her receipts, a clinic's cloudlet watches.

The exit code is 1 when a lie was not noticed, or something was noticed before there was one.`,
  examples: ['carelet prove receipts'],
  async run({ options, io }) {
    const [{ attackReceipts }, { scratch }, { mathematicsInThreads }] = await Promise.all([
      import('@carelet/testbed/receipts'),
      import('@carelet/testbed/scratch'),
      import('@carelet/client/threads'),
    ]);
    using folder = scratch();
    await using mathematics = mathematicsInThreads();
    const proof = await attackReceipts({ folder: folder.path, mathematics, tell: (line) => note(io, line) });
    if (options.json) say(io, JSON.stringify(proof));
    else tellReceipts(io, proof);
    return proof.honest.length === 0 && proof.attacks.every(({ told }) => told !== null) ? 0 : 1;
  },
});

/** What the cloud did, and what whom was told. */
export function tellReceipts(io: Io, { honest, attacks, seconds }: ReceiptsProof): void {
  const { bold, dim, warn } = paint(io.stdout, io.env);
  say(io, 'A cloud that');
  for (const { attack, by, told } of attacks) {
    say(io, `  ${attack}`);
    say(io, told === null ? warn('    was not noticed') : `    ${told} ${dim(`(${by})`)}`);
  }
  say(io);
  for (const told of honest) say(io, warn(`An honest cloud was told of: ${told}`));
  const missed = attacks.filter(({ told }) => told === null).length;
  const verdict =
    missed === 0 && honest.length === 0 ? 'Every lie was noticed, and nothing else' : `${missed} of ${attacks.length} were not noticed`;
  say(io, (missed === 0 && honest.length === 0 ? bold : warn)(`${verdict} (${seconds.toFixed(1)} s).`));
}
