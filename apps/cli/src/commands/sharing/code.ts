/**
 * `carelet carer code`: the code by which somebody one cares for lets one read.
 *
 * @module
 */
import { carerCode } from '@carelet/client/sharing/carer';
import { mathematicsInThreads } from '@carelet/client/threads';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { note, say } from '../../terminal.ts';

export const carerCodeCommand = command({
  name: 'carer code',
  group: 'sharing',
  summary: 'your own carer code: whoever has it can let you read what is hers',
  options: { ...common.as('the patient who cares for somebody'), ...common.town, ...common.keyrings },
  more: 'Read it out or show it yourself: nobody else says that your card is yours. It is no secret, opens nothing, and stays the same.',
  examples: ['carelet carer code --as ruth'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'show carer code', kinds: ['patient'], writes: true });
    await using mathematics = mathematicsInThreads(1);
    const { keyring, save, cloud } = person;
    say(io, await carerCode({ keyring, save, cloud, mathematics }));
    note(io, `Whoever you care for shares with: carelet share --as <patient> --with "${keyring.title}" --code <code>`);
  },
});
