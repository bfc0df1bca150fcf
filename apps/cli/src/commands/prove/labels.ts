/**
 * `carelet prove labels`: guess from a stolen cloud who is treated for what.
 *
 * @module
 */
import type { Answered, LabelsProof } from '@carelet/testbed/labels';
import { command, common } from '../../command.ts';
import type { Io } from '../../io.ts';
import { count, note, paint, say, table } from '../../terminal.ts';

export const proveLabels = command({
  name: 'prove labels',
  group: 'the town',
  summary: 'guess from a stolen cloud which doctor treats what, and count against luck',
  options: { ...common.json },
  more: `Stands up a town of its own in a temporary folder, with four hospitals, their doctors and patients, and steals the cloud's tables. Of one hospital the observer knows who its doctors are and what its patients have. With that he learns what goes with what, from every column of every table, and guesses at another hospital: each doctor's specialty, each patient's disease.

What he gets right stands beside the commonest answer and beside luck: what the best of as many ways gets right in one of a thousand towns when there is nothing to learn. The same observer is then given labels and scopes in words, and must find everybody out. Two hospitals are as in life; what he guesses there is printed and not promised.

Takes a minute or two. The exit code is 1 when he does better than luck where nothing may be learnt, or no better where everything lies open.`,
  examples: ['carelet prove labels'],
  async run({ options, io }) {
    const [{ labels }, { scratch }, { mathematicsInThreads }] = await Promise.all([
      import('@carelet/testbed/labels'),
      import('@carelet/testbed/scratch'),
      import('@carelet/client/threads'),
    ]);
    using folder = scratch();
    await using mathematics = mathematicsInThreads();
    const proof = await labels({ folder: folder.path, mathematics, tell: (line) => note(io, line) });
    if (options.json) say(io, JSON.stringify(proof));
    else tellLabels(io, proof);
    return proof.promised.every(({ held }) => held) && proof.controls.every(({ caught }) => caught) ? 0 : 1;
  },
});

/** What was guessed, beside the commonest answer and luck. */
export function tellLabels(io: Io, { doctors, patients, rows, promised, controls, seen, seconds }: LabelsProof): void {
  const { bold, warn } = paint(io.stdout, io.env);
  const share = (right: number, { of }: Answered) => `${Math.round((100 * right) / of)} %`;
  const told = (one: Answered, verdict: string) => [
    one.question,
    String(one.of),
    share(one.commonest, one),
    share(one.luck, one),
    share(one.best, one),
    verdict,
  ];
  const columns = ['guessed', 'of', 'commonest', 'luck', 'right', ''];
  say(io, `${count(doctors, 'doctor')}, ${count(patients, 'patient')}, ${rows.toLocaleString('en')} rows of the cloud’s.`);
  say(io);
  say(io, 'Where labels have to hide it:');
  table(
    io,
    columns,
    promised.map((one) => told(one, one.held ? 'no better than luck' : 'NOT luck')),
  );
  say(io);
  say(io, 'The same observer, were the cloud told more:');
  table(
    io,
    columns,
    controls.map((one) => told(one, one.caught ? 'found out' : 'NOT found out')),
  );
  say(io);
  say(io, 'What a stolen cloud tells all the same, and is not promised:');
  table(
    io,
    columns,
    seen.map((one) => told(one, one.p <= 0.001 ? 'found out' : '')),
  );
  say(io);
  const broken = promised.filter(({ held }) => !held).length;
  const blind = controls.filter(({ caught }) => !caught).length;
  const verdict =
    broken > 0
      ? `${broken} of ${promised.length} were guessed better than luck`
      : blind > 0
        ? 'The observer is too weak to prove anything'
        : 'Labels told no more than luck does';
  say(io, (broken + blind === 0 ? bold : warn)(`${verdict} (${seconds.toFixed(1)} s).`));
}
