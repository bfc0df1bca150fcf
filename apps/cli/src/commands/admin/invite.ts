/**
 * `carelet admin invite`: a one-time code for another administrator.
 *
 * @module
 */
import { invite } from '@carelet/client/enrolment';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { note, say } from '../../terminal.ts';

export const adminInvite = command({
  name: 'admin invite',
  group: 'organisations and administrators',
  summary: 'make a one-time code for another administrator',
  options: {
    ...common.as('an administrator'),
    code: { type: 'text', value: 'code', says: 'a code another administrator made, to be signed by two' },
    ...common.town,
    ...common.keyrings,
  },
  more: 'An administrator invites into her own organisation. Into one that has no administrator yet two of two organisations invite: the second signs the code of the first. Only the very first administrator opens a second office alone.',
  examples: ['carelet admin invite --as mara', 'carelet admin invite --as joan --code 12ab-…'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'invite administrator', kinds: ['administrator'] });
    const { code } = await invite(person.authority, person.keyring, options.code);
    await person.keep();
    say(io, code);
    note(io, 'It works once. Hand it over in person, for: carelet admin claim --code <code>');
    return 0;
  },
});
