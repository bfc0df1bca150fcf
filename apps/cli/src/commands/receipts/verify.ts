/**
 * `carelet receipts verify`: checks an export with nothing but the file and the hash the town is known by.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { type Report, verifyExport } from '@carelet/crypto/receipts/export';
import { command, common, UsageError } from '../../command.ts';
import { minuteOf } from '../../receipts.ts';
import { count, paint, plainText, say } from '../../terminal.ts';
import { findTown } from '../../town.ts';

export const receiptsVerify = command({
  name: 'receipts verify',
  group: 'records',
  summary: 'check an export of receipts, asking nobody',
  takes: [{ name: 'file', says: 'as "receipts export" wrote it' }],
  options: {
    manifest: { type: 'text', value: 'hash', says: 'the hash the town is known by, 64 hex digits (usual: of the town found here)' },
    ...common.town,
  },
  more: 'Needs no keyring and no server. The exit code is 1 unless every receipt is in the log, every part holds what the log says, nothing written to is left out, and somebody outside the cloud signed.',
  examples: ['carelet receipts verify receipts.cbor'],
  async run({ options, given, io }) {
    const [file] = given as [string];
    const told = options.manifest ?? (await findTown(io, options)).manifest;
    if (!/^[0-9a-f]{64}$/.test(told)) throw new UsageError('--manifest: a hash has 64 hex digits.');
    let bytes: Bytes;
    try {
      bytes = new Uint8Array(await readFile(resolve(io.cwd, file)));
    } catch (cause) {
      throw new CareletError('missing', 'check receipts', { subject: file, because: 'this file cannot be read', cause });
    }
    const report = verifyExport(bytes, unhex(told));
    if (report.kind === 'unreadable')
      throw new CareletError('invalid', 'check receipts', { subject: file, because: 'it is no export of receipts' });
    const { bold, warn } = paint(io.stdout, io.env);
    for (const line of linesOf(report)) say(io, line);
    say(io, report.holds ? bold('All of it holds.') : warn('It does not hold.'));
    return report.holds ? 0 : 1;
  },
});

const manifests = {
  pinned: 'the one this town is known by',
  signed: 'signed, but nobody said which town',
  another: 'of another town',
  unsigned: 'not signed by two issuers',
} as const;

/** What was found, a line each. */
function linesOf({ town, manifest, checkpoint, witnesses, receipts, nodes, hidden }: Extract<Report, { kind: 'read' }>): string[] {
  const included = receipts.filter((one) => one.included).length;
  const proven = nodes.filter((one) => one.proven).length;
  return [
    `${plainText(town)}; its manifest is ${manifests[manifest]}.`,
    checkpoint
      ? `The log as of ${minuteOf(checkpoint.time)}: ${count(checkpoint.size, 'leaf', 'leaves')}; ${count(witnesses.length, 'witness signed it', 'witnesses signed it')}.`
      : 'The log of this town did not sign what is in here.',
    `${included} of ${count(receipts.length, 'receipt')} in the log.`,
    `${proven} of ${count(nodes.length, 'part of a chart', 'parts of charts')} as the log says.`,
    ...hidden.map((nodeId) => `Left out: ${hex(nodeId)}, to which something was written.`),
  ];
}
