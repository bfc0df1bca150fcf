/**
 * `carelet organisations enrol`: a hospital or a clinic joins the town.
 *
 * @module
 */
import { enrolOrganisation, takeWriterKeys } from '@carelet/client/enrolment';
import { listKeyrings } from '@carelet/client/keyring/file';
import { connectAuthority } from '@carelet/client/login';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { command, common } from '../../command.ts';
import { enter, mustBe } from '../../person.ts';
import { say } from '../../terminal.ts';
import { keyringFolder } from '../../town.ts';
import { makeKeyring, unlock } from '../../unlock.ts';

export const organisationsEnrol = command({
  name: 'organisations enrol',
  group: 'organisations and administrators',
  summary: 'enrol a hospital or a clinic, with a keyring that can seal its records',
  options: {
    ...common.as('an administrator'),
    name: { type: 'text', value: 'name', says: 'a short name for its keyring, as in --as northgate', required: true },
    title: { type: 'text', value: 'text', says: 'as people say it: "Northgate Hospital"', required: true },
    ...common.town,
    ...common.keyrings,
  },
  more: 'Makes the keyring unless there is one of that name. The organisation gets a domain of its own in the town manifest; what it seals opens with keys of that domain only.',
  examples: ['carelet organisations enrol --as mara --name northgate --title "Northgate Hospital"'],
  async run({ options, io }) {
    const op = 'enrol organisation';
    await using administrator = await enter(io, options, { op, kinds: ['administrator'] });
    const { name, title } = options;
    const there = (await listKeyrings(keyringFolder(io, options))).includes(name);
    const file = there ? await unlock(io, options, name) : await makeKeyring(io, options, { kind: 'organisation', name, title });
    const { keyring } = file;
    mustBe(keyring, ['organisation'], op);
    const asOrganisation = () => connectAuthority(administrator.town.authority, keyring, io.clock);
    if (keyring.writer) await takeWriterKeys(asOrganisation(), keyring);
    else await enrolOrganisation(administrator, asOrganisation, keyring);
    await file.save();
    await administrator.keep();
    say(io, `${keyring.title} is enrolled. Fingerprint: ${fingerprint(keyring.card)}`);
    say(io, `Bring its records: carelet import <file or folder> --as ${name}`);
    return 0;
  },
});
