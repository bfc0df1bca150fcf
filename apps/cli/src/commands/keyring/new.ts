/**
 * `carelet keyring new`: a card of one's own, and the secrets behind it, locked with a passphrase.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { command, common, oneOf, UsageError } from '../../command.ts';
import { say } from '../../terminal.ts';
import { makeKeyring } from '../../unlock.ts';

const kinds = ['patient', 'doctor', 'organisation', 'administrator'] as const;

const next: Record<(typeof kinds)[number], (name: string) => string> = {
  patient: (name) => `To be linked to a chart, hand your card to the hospital: carelet keyring show --as ${name} --card ${name}.card`,
  doctor: (name) => `Now register: carelet doctors register --as ${name}`,
  organisation: (name) => `An administrator enrols it: carelet organisations enrol --name ${name}`,
  administrator: (name) => `With a one-time code it becomes one: carelet admin claim --name ${name}`,
};

export const keyringNew = command({
  name: 'keyring new',
  group: 'keyrings',
  summary: 'make a keyring with a card of its own',
  options: {
    kind: { type: 'text', value: 'kind', says: 'patient, doctor, organisation or administrator', required: true },
    name: { type: 'text', value: 'name', says: 'a short name, as in --as ada', required: true },
    title: { type: 'text', value: 'text', says: 'as people say it: "Ada Marlow"', required: true },
    manifest: {
      type: 'text',
      value: 'hash',
      says: "the town's manifest as it was handed over to you, to compare with (usual: taken on first use)",
    },
    ...common.town,
    ...common.keyrings,
  },
  more: `The keyring is one file, locked with a passphrase: typed at the terminal, or taken from CARELET_PASSPHRASE. Whoever has the file and the passphrase is that person; without the passphrase nobody can open it again, and nobody can help.`,
  examples: ['carelet keyring new --kind patient --name nora --title "Nora Quill"'],
  async run({ options, io }) {
    const [kind, ...more] = oneOf('kind', options.kind, kinds);
    if (!kind || more.length > 0) throw new UsageError('--kind: a keyring is of one kind.');
    if (options.title.trim().length > 200)
      throw new CareletError('invalid', 'make keyring', { subject: options.name, because: 'its title is longer than 200 letters' });
    const { name, title, manifest } = options;
    const { keyring, path } = await makeKeyring(io, options, { kind, name, title, manifest });
    say(io, `Made the keyring of ${keyring.title} (${kind}): ${path}`);
    say(io, `Fingerprint: ${fingerprint(keyring.card)}`);
    say(io, next[kind](name));
    return 0;
  },
});
