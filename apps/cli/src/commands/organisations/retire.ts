/**
 * `carelet organisations retire`: administrators end what an organisation seals with, and another takes its place.
 *
 * @module
 */
import { retireDomain } from '@carelet/client/enrolment';
import { holdersFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { agreed, say } from '../../terminal.ts';
import { findOrganisation } from '../../who.ts';

export const organisationsRetire = command({
  name: 'organisations retire',
  group: 'organisations and administrators',
  summary: "retire an organisation's keys, as after a break-in; two administrators have to",
  takes: [{ name: 'organisation', says: 'by name, or the beginning of it' }],
  options: { ...common.as('an administrator'), ...common.yes, ...common.town, ...common.keyrings },
  more: `For when keys may have been stolen. Once administrators of two organisations have signed, the three issuers make new keys; every doctor's key for the organisation opens nothing from that moment, also of what was stored before. The organisation then makes its locks anew (carelet locks renew), and doctors take new keys (carelet keys take); nothing has to be approved again. What somebody opened before he may still know.`,
  examples: ['carelet organisations retire "Northgate Hospital" --as mara'],
  async run({ options, given, io }) {
    await using person = await enter(io, options, { op: 'retire keys', kinds: ['administrator'] });
    const { organisation, name } = findOrganisation(person.keyring.manifest, given[0]!);
    say(io, `Doctors’ keys for ${name} will open nothing until its locks are made anew.`);
    if (!options.yes && !(await agreed(io, `Do you sign that the keys of ${name} are retired?`))) {
      say(io, 'Nothing was signed.');
      return 1;
    }
    const holders = holdersFor(person, io);
    const { approvals, needed, retired } = await retireDomain(person, holders, organisation);
    await person.keep();
    if (!retired) {
      const missing = needed - approvals;
      const more =
        missing === 1 ? 'one more administrator of another organisation has' : `${missing} more administrators of other organisations have`;
      say(io, `Signed. That makes ${approvals} of ${needed}: ${more} to sign the same; until then nothing changes.`);
      return 0;
    }
    say(io, `Signed. That makes ${approvals} of ${needed}: the keys of ${name} are retired, and new ones are made.`);
    if (!retired.cloud || retired.cloudlets < holders.cloudlets.length) {
      say(io, 'Not everybody who holds a part of the old ones could be reached; they hear of it within a minute of coming back.');
    }
    say(io, 'Now the organisation makes its locks anew: carelet locks renew --as <its keyring>');
    return 0;
  },
});
