/**
 * `carelet keys take`: a doctor asks for what was approved for her.
 *
 * @module
 */
import { takeDoctorKeys } from '@carelet/client/enrolment';
import { connectAuthority } from '@carelet/client/login';
import { offerHalf } from '@carelet/client/sharing/received';
import { mathematicsInThreads } from '@carelet/client/threads';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { count, plainText, say } from '../../terminal.ts';

export const keysTake = command({
  name: 'keys take',
  group: 'doctors and their keys',
  summary: 'take the keys that were approved for you',
  options: { ...common.as('the doctor'), ...common.town, ...common.keyrings },
  more: 'Each key is checked here before it is kept: whether it is of the organisation it names, and whether it is what that organisation should have issued.',
  examples: ['carelet keys take --as dr-chen'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'take keys', kinds: ['doctor'], writes: true });
    await using mathematics = mathematicsInThreads(1);
    const { keyring, town, save } = person;
    const taken = await takeDoctorKeys(() => connectAuthority(town.authority, keyring, io.clock), keyring, mathematics);
    await save();
    if (taken.kind === 'taken') await offerHalf({ keyring, save, cloud: person.cloud, mathematics });
    switch (taken.kind) {
      case 'waiting':
        say(io, 'Waiting: the administrators have not signed yet. Ask again later.');
        return 0;
      case 'rejected':
        say(io, `Turned down: ${plainText(taken.reason)}`);
        return 1;
      case 'taken': {
        const fresh = taken.fresh === 0 ? 'nothing new' : `${taken.fresh} new`;
        say(io, taken.keys === 0 ? 'Approved, but no key is valid today.' : `You hold ${count(taken.keys, 'key')} (${fresh}):`);
        for (const { organisation, words } of keyring.doctorKeys) {
          const place =
            keyring.manifest.domains.find((domain) => equalPublic(domain.organisation, organisation))?.name ?? 'an organisation';
          say(io, `  at ${place}: ${words}`);
        }
        return 0;
      }
    }
  },
});
