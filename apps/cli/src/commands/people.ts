/**
 * `carelet people`: whose keyrings lie here.
 *
 * @module
 */
import { listKeyrings } from '@carelet/client/keyring/file';
import { command, common } from '../command.ts';
import { say, table } from '../terminal.ts';
import { keyringFolder } from '../town.ts';
import { unlockUnasked } from '../unlock.ts';

export const people = command({
  name: 'people',
  group: 'keyrings',
  summary: 'whose keyrings lie here',
  options: { ...common.json, ...common.keyrings },
  more: `What kind of keyring one is stands inside it, so it is told only for those that CARELET_PASSPHRASE opens, and for the demo town's.`,
  examples: ['carelet people'],
  async run({ options, io }) {
    const folder = keyringFolder(io, options);
    const names = await listKeyrings(folder);
    const rows: { name: string; kind: string | null; title: string | null }[] = [];
    for (const name of names) {
      const file = await unlockUnasked(io, options, name);
      rows.push({ name, kind: file?.keyring.card.kind ?? null, title: file?.keyring.title ?? null });
    }
    if (options.json) for (const row of rows) say(io, JSON.stringify(row));
    else if (rows.length === 0) say(io, `There are no keyrings in ${folder}. Make one with: carelet keyring new`);
    else {
      table(
        io,
        ['name', 'kind', 'title'],
        rows.map(({ name, kind, title }) => [name, kind ?? 'locked', title ?? '']),
        '',
      );
    }
    return 0;
  },
});
