/**
 * `carelet keys take`: a doctor asks for what was approved for her.
 *
 * @module
 */
import { offerHalf } from '@carelet/client/sharing/received';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { mathematicsInThreads } from '@carelet/client/threads';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { cloudletsFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { count, plainText, say } from '../../terminal.ts';

export const keysTake = command({
  name: 'keys take',
  group: 'doctors and their keys',
  summary: 'take the keys that were approved for you',
  options: { ...common.as('the doctor'), ...common.town, ...common.keyrings },
  more: 'A key has three parts: yours, the cloud’s and a clinic’s, which can forget theirs at once when your role ends. Before you keep yours it is checked here that the three come to what the organisation it names should have issued.',
  examples: ['carelet keys take --as dr-chen'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'take keys', kinds: ['doctor'], writes: true });
    await using mathematics = mathematicsInThreads(1);
    const { keyring, town, save, authority, cloud } = person;
    const cloudletOf = cloudletsFor(town, keyring, io.clock);
    const taken = await takeDoctorKeys({ authority, cloud, cloudletOf }, keyring, mathematics);
    await save();
    if (taken.kind === 'taken' || taken.kind === 'unmediated') await offerHalf({ keyring, save, cloud: person.cloud, mathematics });
    switch (taken.kind) {
      case 'waiting':
        say(io, 'Waiting: the administrators have not signed yet. Ask again later.');
        return 0;
      case 'unmediated':
        say(io, 'Approved, but none of the clinics that hold the other part of your keys can be reached. Ask again later.');
        return 1;
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
        for (const { words } of keyring.emergencyKeys) say(io, `  ${words}; see: carelet help break-glass`);
        return 0;
      }
    }
  },
});
