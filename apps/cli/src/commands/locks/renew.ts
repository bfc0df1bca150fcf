/**
 * `carelet locks renew`: an organisation makes its locks anew, after what it sealed with was retired.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { handDomain, holdsDomain, takeWriterKeys } from '@carelet/client/enrolment';
import { type RenewedLocks, renewLocks } from '@carelet/client/records/renew';
import { layTeams } from '@carelet/client/sharing/teams/organisation';
import { mathematicsInThreads } from '@carelet/client/threads';
import { cloudletsFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { count, note, progress, say } from '../../terminal.ts';

const interrupted = 130;

export const locksRenew = command({
  name: 'locks renew',
  group: 'records',
  summary: 'make an organisation’s locks for doctors anew, after its keys were retired or patients limited who reads',
  options: { ...common.as('the organisation'), ...common.town, ...common.keyrings },
  more: `When two administrators have retired an organisation's keys (carelet organisations retire), doctors' keys for it open nothing any more. This takes the new ones, hands them to the organisation's cloudlet, and makes each lock anew, the latest records first. The records themselves are not touched. Doctors take their new keys as they took the first.

Ctrl-C stops between two batches; run the same command again and it goes on. Run when nothing is to be done, it does nothing. The same holds where a patient limited who reads by their work (carelet limits). What patients locked for their wearables their own clients lock anew: carelet wearable renew.`,
  examples: ['carelet locks renew --as northgate'],
  async run({ options, io }) {
    const op = 'make locks anew';
    await using person = await enter(io, options, { op, kinds: ['organisation'], writes: true });
    const { keyring, save, cloud, town, authority } = person;
    if (!keyring.writer) throw notEnrolled(op, keyring.name);
    if (!holdsDomain(keyring)) {
      await takeWriterKeys(authority, keyring);
      await save();
      say(io, 'The keys were retired; the new ones are in the keyring.');
    }
    const cloudlet = cloudletsFor(town, keyring, io.clock)(keyring.card.id);
    await using mathematics = mathematicsInThreads();
    let done = 0;
    let renewed: RenewedLocks;
    try {
      if (cloudlet) await handDomain(cloudlet, keyring);
      await using line = progress(io, 'locks made anew');
      line.first('asking which locks are of before');
      renewed = await renewLocks({
        keyring,
        cloud,
        mathematics,
        clock: io.clock,
        signal: io.signal,
        progress: (made, of) => {
          done = made;
          line.at(made, of);
        },
      });
    } catch (thrown) {
      await save();
      const stays = `${count(done, 'lock')} made anew`;
      if (io.signal.aborted) {
        io.stderr.write(`Stopped after ${stays}. Nothing is lost: run the same command again and it goes on.\n`);
        return interrupted;
      }
      if (thrown instanceof CareletError && thrown.kind === 'unavailable')
        note(io, `${stays} so far; run the same command again and it goes on.`);
      throw thrown;
    }
    // Labels are of a domain, and a team's members are found by them.
    await layTeams({ keyring, save, cloud, authority, mathematics, clock: io.clock });
    await save();
    const { made, forgotten } = renewed;
    say(io, made === 0 ? 'Every lock is of today’s keys already.' : `${count(made, 'lock')} made anew; no record was touched.`);
    if (forgotten > 0) say(io, `${count(forgotten, 'lock')} of before that nobody makes anew here are gone.`);
    return 0;
  },
});

/** An organisation that no administrator enrolled seals nothing. */
export const notEnrolled = (op: string, subject: string) =>
  new CareletError('denied', op, {
    subject,
    because: 'this organisation is not enrolled yet; an administrator does that with: carelet organisations enrol',
  });
