/**
 * `carelet unshare`: a patient takes back what she let somebody read.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { GivenGrant } from '@carelet/client/keyring/keyring';
import { renewConsents } from '@carelet/client/sharing/renew';
import { unshare } from '@carelet/client/sharing/share';
import { followersOf } from '@carelet/client/sharing/teams/patient';
import { mathematicsInThreads } from '@carelet/client/threads';
import { hex } from '@carelet/crypto/algebra/bytes';
import { partiesFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { promisesKept } from '../../receipts.ts';
import { agreed, count, note, plainText, progress, say } from '../../terminal.ts';
import { tellInPart } from '../limits/show.ts';
import { grantsNow, inWords } from './who.ts';

const op = 'take back';

export const unshareCommand = command({
  name: 'unshare',
  group: 'sharing',
  summary: 'take back what you let a doctor, a carer or a team read',
  takes: [{ name: 'grant', says: 'the beginning of its number, or the doctor’s, carer’s or team’s name (see "carelet who")' }],
  options: { ...common.as('the patient'), ...common.yes, ...common.town, ...common.keyrings },
  more: 'From the answer on, nothing she did not open before opens to her any more, old or new. What she read she may remember. What is written from then on is locked with new keys, which everybody else who may read is given at once.',
  examples: ['carelet unshare 3fa01b22 --as ada', 'carelet unshare "Dr Chen" --as ada'],
  async run({ options, given: [wanted], io }) {
    await using person = await enter(io, options, { op, kinds: ['patient'], writes: true });
    const { keyring, cloud, save, town } = person;
    const given = await grantsNow(person, io);
    const followers = await followersOf({ keyring, cloud, now: Math.floor(io.clock() / 1000) }, given);
    const grants = meant(given, wanted!, ({ doctor }) => hex(followers.get(hex(doctor))?.at(-1) ?? doctor));
    for (const grant of grants) say(io, `${plainText(grant.doctorName)}: ${inWords(grant)}`);
    if (!options.yes && !(await agreed(io, 'Take this back?'))) {
      say(io, 'Nothing was taken back.');
      return 1;
    }
    await using mathematics = mathematicsInThreads(1);
    const sharing = { keyring, save, cloud, mathematics, ...partiesFor(town, keyring, io.clock), clock: io.clock };
    for (const { grant, servers } of grants) {
      const told = await unshare(sharing, grant);
      if (told.cloud && told.mediator) continue;
      note(
        io,
        `The ${told.cloud ? (servers ? 'key servers' : 'mediator') : 'cloud'} could not be reached. Nothing opens any more all the same; it is told the next time.`,
      );
    }
    say(io, 'Taken back.');
    await using line = progress(io, 'keys made for whoever may still read');
    const { grants: anew, left } = await renewConsents(sharing, (done) => line.at(done));
    if (anew > 0) say(io, `${count(anew, 'other grant')} made anew: what is written from now on is locked with new keys.`);
    if (left > 0) note(io, `${count(left, 'other grant')} could not be made anew: somebody does not answer. Run: carelet wearable renew`);
    await tellInPart(person, io);
    return (await promisesKept(person, io)) ? 0 : 1;
  },
});

/** The grants of this number, or all of the doctor of this name; `whose` says who is the same: a team is the one in whose place it came. */
function meant(given: readonly GivenGrant[], wanted: string, whose: (grant: GivenGrant) => string): GivenGrant[] {
  const name = wanted.trim().toLowerCase();
  const found = given.filter(
    ({ grant, doctorName }) => (/^[0-9a-f]{4,32}$/.test(name) && hex(grant).startsWith(name)) || doctorName.toLowerCase() === name,
  );
  const near = given.filter(({ doctorName }) => doctorName.toLowerCase().includes(name.replace(/^dr\.?\s+/, '')));
  const grants = found.length > 0 ? found : near;
  if (grants.length === 0)
    throw new CareletError('missing', op, { subject: wanted, because: 'you let nobody read under this number or name' });
  if (new Set(grants.map(whose)).size > 1) {
    throw new CareletError('conflict', op, { subject: wanted, because: 'several people are called so; give the beginning of the number' });
  }
  return grants;
}
