/**
 * `carelet keys take`: a doctor asks for what was approved for her.
 *
 * @module
 */
import { domainOf } from '@carelet/client/enrolment';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { numbersOf } from '@carelet/client/keyring/numbers';
import type { Mathematics } from '@carelet/client/mathematics';
import { offerHalf } from '@carelet/client/sharing/received';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import type { TakingStep } from '@carelet/client/sharing/taking';
import { mathematicsInThreads } from '@carelet/client/threads';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { cloudletsFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import type { Io } from '../../io.ts';
import { enter, type Person } from '../../person.ts';
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
    let code = 0;
    for (const number of numbersOf(person.keyring)) code = Math.max(code, await takeBy(person, number, mathematics, io));
    return code;
  },
});

/** Takes the keys of one number, and says what she holds by it. */
async function takeBy(person: Person, number: Keyring, mathematics: Mathematics, io: Io): Promise<number> {
  const { town, save } = person;
  const { authority, cloud } = person.by(number);
  const cloudletOf = cloudletsFor(town, number, io.clock);
  const several = person.keyring.elsewhere.length > 0;
  const where = several && number.at ? `At ${placeOf(number, number.at)}: ` : '';
  const taken = await takeDoctorKeys({ authority, cloud, cloudletOf, clock: io.clock }, number, mathematics, {
    tell: teller(io, number),
    clock: io.clock,
  });
  await save();
  if (taken.kind === 'taken' || taken.kind === 'unmediated') await offerHalf({ keyring: number, save, cloud, mathematics });
  switch (taken.kind) {
    case 'waiting':
      say(io, `${where}Waiting: the administrators have not signed yet. Ask again later.`);
      return 0;
    case 'unmediated':
      say(io, `${where}Approved, but none of the clinics that hold the other part of your keys can be reached. Ask again later.`);
      return 1;
    case 'rejected':
      say(io, `${where}Turned down: ${plainText(taken.reason)}`);
      return 1;
    case 'taken': {
      const fresh = taken.fresh === 0 ? 'nothing new' : `${taken.fresh} new`;
      say(io, taken.keys === 0 ? `${where}Approved, but no key is valid today.` : `You hold ${count(taken.keys, 'key')} (${fresh}):`);
      for (const { organisation, words } of number.doctorKeys) say(io, `  at ${placeOf(number, organisation)}: ${words}`);
      for (const { words } of number.emergencyKeys) say(io, `  ${words}; see: carelet help break-glass`);
      return 0;
    }
  }
}

/** Tells steps as they happen. Which of two issuers was the faster is nobody's concern: those who made a key are told together. */
function teller(io: Io, keyring: Keyring): (step: TakingStep) => void {
  const called = new Map<number, string>();
  const nameOf = (issuer: number) => called.get(issuer) ?? `key office ${issuer + 1}`;
  return (step) => {
    switch (step.kind) {
      case 'asking':
        for (const [issuer, office] of step.offices.entries()) if (office !== null) called.set(issuer, plainText(office));
        return;
      case 'issuer':
        if (step.office !== null) called.set(step.issuer, plainText(step.office));
        if (step.said !== 'made') say(io, `${nameOf(step.issuer)} ${said[step.said]}; two of three are enough`);
        return;
      case 'issued':
        say(io, `The key ${of(keyring, step)}: made by ${step.issuers.map(nameOf).join(' and ')}, each a half of its own`);
        return;
      case 'cloud':
        say(io, '  the cloud keeps its part');
        return;
      case 'clinic':
        say(io, `  ${placeOf(keyring, step.clinic)} keeps its part`);
        return;
      case 'checked':
        say(io, '  the parts fit together; you keep yours');
        return;
      case 'stopped':
        say(io, `It stopped: ${stopped[step.at]}. What you held you still hold; ask again later.`);
    }
  };
}

const said = { away: 'does not answer', refused: 'did not make its half' } as const;
const stopped = {
  authority: 'the authority did not hand out the key',
  issuers: 'fewer than two of three key offices made their half',
  cloud: 'the cloud did not take its part',
  clinic: 'no clinic took its part',
  check: 'the parts do not fit together',
} as const;

const placeOf = ({ manifest }: Keyring, organisation: Bytes): string => domainOf(manifest, organisation)?.name ?? 'an organisation';

function of(keyring: Keyring, { organisation, emergency }: { readonly organisation: Bytes; readonly emergency: boolean }): string {
  if (!emergency) return `for ${placeOf(keyring, organisation)}`;
  const domain = keyring.manifest.domains.find((one) => one.emergency && equalPublic(one.emergency, organisation));
  return `for emergencies at ${domain?.name ?? 'an organisation'}`;
}
