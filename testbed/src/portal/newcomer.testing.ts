/**
 * A doctor who was not in town before: registered, and let in by two administrators with a policy of her own.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { approve, register } from '@carelet/client/enrolment';
import { keyringPath } from '@carelet/client/keyring/file';
import { connectAuthority } from '@carelet/client/login';
import type { PortalStage } from './stage.testing.ts';

/** A keyring as a file that somebody brings. */
export type BroughtKeyring = { readonly name: string; readonly bytes: Uint8Array };

/** Lets her in; every doctor who comes so has the same name, whatever her keyring is called. */
export async function newcomer(
  { keyrings, town, clock }: PortalStage,
  name: string,
  what: Pick<Policy, 'unit' | 'patients'> & Partial<Policy>,
): Promise<BroughtKeyring> {
  const file = await keyrings.of('doctor', name, 'Dr Robin Field');
  const authorityAs = (keyring: typeof file.keyring | null) => connectAuthority(town.addresses.authority, keyring, clock);
  await register(authorityAs(null), file.keyring, { certificate: 'C 77 001', specialty: 'cardiology', organisation: 'Harbour Clinic' });
  const policy: Policy = {
    parts: ['EID', 'QID', 'MI'],
    kinds: ['vital-signs', 'laboratory'],
    confidentiality: ['N'],
    sensitivity: ['none'],
    from: 'beginning',
    until: addDays(dayOf(clock()), 30),
    ...what,
  };
  for (const slug of ['mara', 'joan']) {
    const { keyring } = await keyrings.of('administrator', slug, slug);
    await approve(authorityAs(keyring), keyring, file.keyring.card, policy, clock() / 1000);
  }
  return keyringAsFile(keyrings.folder, name);
}

export const keyringAsFile = async (folder: string, name: string): Promise<BroughtKeyring> => ({
  name: `${name}.keyring`,
  bytes: new Uint8Array(await readFile(keyringPath(folder, name))),
});
