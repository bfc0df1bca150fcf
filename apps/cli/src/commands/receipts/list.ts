/**
 * `carelet receipts list`: who did what with a patient's records, as the cloud wrote it down.
 *
 * @module
 */
import { askMediators } from '@carelet/client/receipts/mediators';
import { ownReceipts } from '@carelet/client/receipts/own';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { ProvenReceipt } from '@carelet/crypto/receipts/export';
import { cloudletsFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import {
  mediatedInWords,
  mediatorProblems,
  minuteOf,
  type NameOf,
  namesIn,
  sentence,
  standingInWords,
  witnessAsOwner,
} from '../../receipts.ts';
import { count, paint, say } from '../../terminal.ts';

export const receiptsList = command({
  name: 'receipts list',
  group: 'records',
  summary: 'who wrote and read what of your records, when',
  options: { ...common.as('the patient'), ...common.json, ...common.town, ...common.keyrings },
  more: `The cloud leaves a receipt of everything it takes into your charts and hands out of them, sealed to you. Each is looked for in its log, and everything that was written is compared with what lies there now; clinics whose boxes do their part when somebody opens your records are asked what they wrote down of it, which must not be more than the cloud did. The exit code is 1 when something does not fit.

Whoever holds a key already and a copy of what it opens leaves no receipt.`,
  examples: ['carelet receipts list --as ada'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'list receipts', kinds: ['patient'] });
    const { keyring, cloud, authority } = person;
    const compare = await askMediators({ keyring, cloudletOf: cloudletsFor(person.town, keyring, io.clock), clock: io.clock });
    const own = await ownReceipts({ keyring, cloud, clock: io.clock });
    const { charts, standing } = own;
    const mediated = await compare(charts);
    const nameOf = await namesIn(authority, keyring.manifest, keyring.card.id);
    const problems = [...own.problems, ...mediatorProblems(mediated, nameOf)];
    await person.keep();
    if (problems.length === 0) await witnessAsOwner(person, io);
    const { bold, dim, warn } = paint(io.stdout, io.env);
    if (options.json) {
      for (const { chart, receipts } of charts) {
        for (const { receipt, index } of receipts) {
          const { kind, actor, time, nodes } = receipt;
          say(io, JSON.stringify({ chart: hex(chart.pat), kind, actor: hex(actor), time, nodes: nodes.map(hex), place: index }));
        }
      }
    } else {
      for (const { chart, receipts, earlier } of charts) {
        say(io, bold(nameOf(chart.writer)));
        for (const [line, times] of told(receipts, nameOf)) say(io, `  ${line}${times > 1 ? dim(` × ${times}`) : ''}`);
        if (earlier > 0) say(io, dim(`  and ${count(earlier, 'receipt')} from before this chart was yours`));
      }
      if (charts.length === 0) say(io, 'You have no charts here yet.');
      for (const line of mediatedInWords(mediated, nameOf)) say(io, dim(line));
      say(io, standingInWords(standing, keyring.manifest));
    }
    for (const what of problems) io.stderr.write(`${warn(`Does not fit: ${what}`)}\n`);
    return problems.length > 0 ? 1 : 0;
  },
});

/** A line each, in order of time; what happened more than once in a minute is one line. */
function told(receipts: readonly ProvenReceipt[], nameOf: NameOf): Map<string, number> {
  const lines = new Map<string, number>();
  const all = receipts.map(({ receipt }) => `${minuteOf(receipt.time)}  ${sentence(receipt, nameOf)}.`);
  // The log has no order within a second.
  for (const line of all.sort()) lines.set(line, (lines.get(line) ?? 0) + 1);
  return lines;
}
