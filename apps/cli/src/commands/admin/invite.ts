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
  options: { ...common.as('an administrator'), ...common.town, ...common.keyrings },
  examples: ['carelet admin invite --as mara'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'invite administrator', kinds: ['administrator'] });
    const { code } = await invite(person.authority, person.keyring);
    await person.keep();
    say(io, code);
    note(io, 'It works once. Hand it over in person, for: carelet admin claim --code <code>');
    return 0;
  },
});
