/**
 * `carelet receipts export`: a patient's receipts in one file that anybody can check.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { ownReceipts } from '@carelet/client/receipts/own';
import { decodeExport } from '@carelet/crypto/receipts/export';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { standingInWords, witnessAsOwner } from '../../receipts.ts';
import { count, note, paint, say } from '../../terminal.ts';

export const receiptsExport = command({
  name: 'receipts export',
  group: 'records',
  summary: 'your receipts in one file, with all it takes to check them',
  options: {
    ...common.as('the patient'),
    out: { type: 'text', value: 'file', says: 'where it goes (usual: receipts.cbor)' },
    ...common.town,
    ...common.keyrings,
  },
  more: `The file holds your receipts, their places in the cloud's log, what the log says each part of your charts holds, the signatures of the cloud and of who watches it, and the town manifest. It tells who wrote and read in your charts and when, but nothing of what is in them: give it to whom that may concern.`,
  examples: ['carelet receipts export --as ada --out receipts.cbor', 'carelet receipts verify receipts.cbor'],
  async run({ options, io }) {
    const path = resolve(io.cwd, options.out ?? 'receipts.cbor');
    await using person = await enter(io, options, { op: 'export receipts', kinds: ['patient'] });
    const { keyring, cloud } = person;
    const { charts, problems, standing, exported } = await ownReceipts({ keyring, cloud, clock: io.clock });
    await person.keep();
    if (problems.length === 0) await witnessAsOwner(person, io);
    if (!exported) {
      const because = 'the cloud shows nothing that a witness has seen; try again in a minute';
      throw new CareletError('unavailable', 'export receipts', { because });
    }
    await writeFile(path, exported, { mode: 0o600 });
    const receipts = decodeExport(exported)?.receipts.length ?? 0;
    say(io, `${count(receipts, 'receipt')} of ${count(charts.length, 'chart')} in ${relative(io.cwd, path) || path}.`);
    const newer = charts.reduce((sum, chart) => sum + chart.receipts.length, 0) - receipts;
    if (newer > 0) note(io, `${count(newer, 'receipt is', 'receipts are')} too new for a witness to have seen, and left out.`);
    say(io, standingInWords(standing, keyring.manifest));
    const { warn } = paint(io.stderr, io.env);
    for (const what of problems) io.stderr.write(`${warn(`Does not fit: ${what}`)}\n`);
    return problems.length > 0 ? 1 : 0;
  },
});
