/**
 * `carelet admin claim`: a one-time code makes an administrator.
 *
 * @module
 */
import { rm } from 'node:fs/promises';
import { claim } from '@carelet/client/enrolment';
import { listKeyrings } from '@carelet/client/keyring/file';
import { connectAuthority } from '@carelet/client/login';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { command, common } from '../../command.ts';
import { mustBe } from '../../person.ts';
import { say } from '../../terminal.ts';
import { findTown, keyringFolder } from '../../town.ts';
import { makeKeyring, unlock } from '../../unlock.ts';

export const adminClaim = command({
  name: 'admin claim',
  group: 'organisations and administrators',
  summary: 'become an administrator with a one-time code',
  options: {
    code: { type: 'text', value: 'code', says: 'as the authority printed it, or another administrator made it', required: true },
    name: { type: 'text', value: 'name', says: 'a short name for the keyring, as in --as mara', required: true },
    title: { type: 'text', value: 'text', says: 'as people say it: "Mara Holt"', required: true },
    organisation: { type: 'text', value: 'name', says: 'where you work; two approvals have to come from two places', required: true },
    ...common.town,
    ...common.keyrings,
  },
  examples: ['carelet admin claim --code 12ab-… --name mara --title "Mara Holt" --organisation medical-board'],
  async run({ options, io }) {
    const op = 'enrol administrator';
    const { name, title, organisation, code } = options;
    const town = await findTown(io, options);
    const there = (await listKeyrings(keyringFolder(io, options))).includes(name);
    const file = there ? await unlock(io, options, name) : await makeKeyring(io, options, { kind: 'administrator', name, title });
    mustBe(file.keyring, ['administrator'], op);
    try {
      await claim(connectAuthority(town.authority, null, io.clock), file.keyring, code, organisation);
    } catch (thrown) {
      // A keyring made for nothing would only be in the way of the next try.
      if (!there) await rm(file.path, { force: true });
      throw thrown;
    }
    await file.save();
    say(io, `${file.keyring.title} is an administrator of ${file.keyring.manifest.town}. Fingerprint: ${fingerprint(file.keyring.card)}`);
    return 0;
  },
});
