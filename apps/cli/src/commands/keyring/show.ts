/**
 * `carelet keyring show`: what a keyring holds, in words; never a secret.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CareletError } from '@carelet/care/model';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { numbersOf } from '@carelet/client/keyring/numbers';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { manifestHash } from '@carelet/crypto/cards/manifest';
import { command, common } from '../../command.ts';
import { count, say } from '../../terminal.ts';
import { unlock } from '../../unlock.ts';

export const keyringShow = command({
  name: 'keyring show',
  group: 'keyrings',
  summary: "a keyring's card, fingerprint and keys in words; never a secret",
  options: {
    ...common.as('whoever you look at'),
    card: { type: 'text', value: 'file', says: 'write the card into this file, to be handed over: it holds no secret' },
    json: { type: 'flag', says: 'one line of JSON' },
    ...common.keyrings,
  },
  examples: ['carelet keyring show --as dr-chen', 'carelet keyring show --as ada --card ada.card'],
  async run({ options, io }) {
    const { keyring } = await unlock(io, options, options.as);
    const told = inWords(keyring, io.clock());
    if (options.json) say(io, JSON.stringify(told));
    else {
      const lines: [string, string][] = [
        ['name', `${told.title} (${told.name})`],
        ['kind', told.kind],
        ['card', told.card],
        ['fingerprint', told.fingerprint],
        [
          'vouched for',
          told.vouched ? 'by the issuers of the town' : told.kind === 'patient' ? 'by itself, as every patient’s card' : 'by nobody yet',
        ],
        ['valid until', told.until],
        ['town', told.town],
        ['manifest', `${told.manifest} (number ${told.serial})`],
        ...told.keys.map(({ organisation, words, until, ended }): [string, string] => [
          'key',
          `${organisation}: ${words} (${ended ? 'ended' : 'ends'} ${until})`,
        ]),
        ...told.elsewhere.map((one): [string, string] => ['another card', `${one.card}, fingerprint ${one.fingerprint}, at ${one.at}`]),
      ];
      if (told.seals) lines.push(['writes', `${count(told.charts, 'chart')}, and holds the keys to seal them`]);
      if (told.opened > 0) lines.push(['opened', `${count(told.opened, 'part')} of charts, remembered for the next time`]);
      const wide = Math.max(...lines.map(([label]) => label.length));
      for (const [label, text] of lines) say(io, `${label.padEnd(wide)}  ${text}`);
    }
    if (options.card !== undefined) {
      const path = resolve(io.cwd, options.card);
      await writeFile(path, encodeCard(keyring.card)).catch((cause: unknown) => {
        throw new CareletError('unavailable', 'write card', { subject: options.card!, because: 'the file cannot be written', cause });
      });
      if (!options.json) say(io, `The card lies in ${options.card}.`);
    }
    return 0;
  },
});

function inWords(keyring: Keyring, now: number) {
  const { name, title, card, manifest, writer, charts } = keyring;
  const numbers = numbersOf(keyring);
  const placeOf = (at: Bytes) => manifest.domains.find(({ organisation }) => equalPublic(organisation, at))?.name ?? hex(at);
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  return {
    name,
    title,
    kind: card.kind,
    card: hex(card.id),
    fingerprint: fingerprint(card),
    vouched: card.vouchers.length > 0,
    until: day(card.expiry),
    town: manifest.town,
    manifest: hex(manifestHash(manifest)),
    serial: manifest.serial,
    keys: numbers
      .flatMap(({ doctorKeys }) => doctorKeys)
      .map(({ organisation, words, notAfter }) => ({
        organisation: placeOf(organisation),
        words,
        until: day(notAfter),
        ended: notAfter * 1000 <= now,
      })),
    elsewhere: keyring.elsewhere.map((one) => ({
      card: hex(one.card.id),
      fingerprint: fingerprint(one.card),
      at: one.at ? placeOf(one.at) : 'a place of no town',
    })),
    seals: writer !== null,
    charts: charts.length,
    opened: numbers.reduce((sum, { opened }) => sum + Object.keys(opened).length, 0),
  };
}
