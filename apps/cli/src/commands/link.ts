/**
 * `carelet link`: a hospital hands an imported chart over to its patient.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { listKeyrings } from '@carelet/client/keyring/file';
import type { Keyring, WriterChart } from '@carelet/client/keyring/keyring';
import { linkPatient } from '@carelet/client/records/link';
import { hex, plain } from '@carelet/crypto/algebra/bytes';
import { type Card, decodeCard, selfSigned } from '@carelet/crypto/cards/card';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { command, common } from '../command.ts';
import type { Io } from '../io.ts';
import { enter } from '../person.ts';
import { agreed, say } from '../terminal.ts';
import { keyringFolder, type Whereabouts } from '../town.ts';
import { unlock } from '../unlock.ts';

const op = 'link patient';

export const link = command({
  name: 'link',
  group: 'records',
  summary: 'hand an imported chart over to its patient',
  takes: [{ name: 'reference', says: "the patient's id in the imported files (4711, Patient/4711), or the chart's pseudonym" }],
  options: {
    ...common.as('the organisation that imported the chart'),
    to: {
      type: 'text',
      value: 'patient',
      says: 'a card file (from "carelet keyring show --card"), or the name of a keyring here',
      required: true,
    },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: 'Until then the organisation keeps the chart for the patient. Afterwards the patient opens it with her own keys. Compare both fingerprints with her: whoever holds the card behind hers will read the chart.',
  examples: ['carelet link 4711 --as northgate --to ada.card'],
  async run({ options, given, io }) {
    await using person = await enter(io, options, { op, kinds: ['organisation'], writes: true });
    const { keyring, save, cloud } = person;
    const chart = chartOf(keyring, given[0]!);
    const card = await cardOf(io, options, options.to);
    say(io, `chart        ${hex(chart.pat)} of ${keyring.title}`);
    say(io, `organisation ${fingerprint(keyring.card)}`);
    say(io, `patient      ${fingerprint(card)}`);
    if (!options.yes && !(await agreed(io, 'Have you compared the fingerprints, and is this her chart?'))) {
      say(io, 'Nothing was linked.');
      return 1;
    }
    await linkPatient({ keyring, save, cloud }, chart, card);
    say(io, 'Linked: the chart is hers now.');
    return 0;
  },
});

function chartOf({ charts }: Keyring, text: string): WriterChart {
  const wanted = [text, `Patient/${text}`, `urn:uuid:${text}`];
  const found = charts.filter(
    ({ references, pat }) =>
      references.some((reference) => wanted.includes(reference)) || (/^[0-9a-f]{8,32}$/.test(text) && hex(pat).startsWith(text)),
  );
  const [first] = found;
  if (!first) throw new CareletError('missing', op, { subject: text, because: 'no imported chart has this reference' });
  if (found.length > 1) throw new CareletError('conflict', op, { subject: text, because: 'several charts have this reference' });
  return first;
}

async function cardOf(io: Io, where: Whereabouts, to: string): Promise<Card> {
  const known = await listKeyrings(keyringFolder(io, where));
  if (known.includes(to)) return (await unlock(io, where, to)).keyring.card;
  const path = resolve(io.cwd, to);
  if (!existsSync(path)) {
    throw new CareletError('missing', op, { subject: to, because: 'there is neither a keyring of that name here nor such a card file' });
  }
  const card = decodeCard(plain(await readFile(path)));
  if (!card || !selfSigned(card, Math.floor(io.clock() / 1000))) {
    throw new CareletError('invalid', op, { subject: to, because: 'this file is no valid card' });
  }
  return card;
}
