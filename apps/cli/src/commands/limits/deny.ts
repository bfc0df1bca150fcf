/**
 * `carelet limits deny` and `carelet limits allow`: not this doctor, and taking that back.
 *
 * @module
 */
import { allow, deny } from '@carelet/client/sharing/deny';
import { renewConsents } from '@carelet/client/sharing/renew';
import { mathematicsInThreads } from '@carelet/client/threads';
import { partiesFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { promisesKept } from '../../receipts.ts';
import { agreed, count, note, plainText, say } from '../../terminal.ts';
import { numbersCalled } from '../sharing/who.ts';
import { tellInPart } from './show.ts';

/** Where somebody works, in words. */
const placesOf = (numbers: readonly { readonly organisation: string }[]): string =>
  numbers.map(({ organisation }) => plainText(organisation)).join(' and ');

const takes = [{ name: 'doctor', says: 'name, or the beginning of the card’s number' }];

export const limitsDeny = command({
  name: 'limits deny',
  group: 'sharing',
  summary: 'let a doctor read nothing of yours, whatever opens it to her',
  takes,
  options: { ...common.as('the patient'), ...common.yes, ...common.town, ...common.keyrings },
  more: `From the answer on the cloud gives this doctor nothing of yours: not by her work, not by what you shared, not in an emergency, which another doctor can still declare. She is told nothing but that it is gone. What is written from then on lies behind new keys. What she read she may remember.

The cloud, your hospital and the clinics that mediate for teams you share with see whom you deny. She is denied by every number that the town lists under her name, at whichever place, also if you say one of them. A place that is added later is not among them: carelet limits says so. A cloud that did not obey could, together with her and her mediator, still open what her work opens: to close that as well, see "carelet limits by-name".`,
  examples: ['carelet limits deny "Dr Osei" --as ada'],
  async run({ options, given: [who], io }) {
    const op = 'deny a doctor';
    await using person = await enter(io, options, { op, kinds: ['patient'], writes: true });
    const { keyring, cloud, save, town, authority } = person;
    // She is one person wherever she works.
    const { name, numbers, also } = await numbersCalled(authority, who!);
    const places = placesOf(numbers);
    if (also.length > 0) say(io, `${plainText(name)} goes by another number at ${placesOf(also)}; it is meant as well.`);
    say(io, `${plainText(name)} of ${places} will read nothing of yours, not in an emergency either.`);
    if (!options.yes && !(await agreed(io, 'Not this doctor?'))) {
      say(io, 'Nothing was said.');
      return 1;
    }
    await using mathematics = mathematicsInThreads(1);
    const sharing = { keyring, save, cloud, mathematics, ...partiesFor(town, keyring, io.clock), clock: io.clock };
    let [charts, grants, left] = [0, 0, 0];
    for (const { doctor } of numbers) {
      const denied = await deny(sharing, doctor);
      charts = Math.max(charts, denied.charts);
      grants += denied.grants;
      left += denied.left;
    }
    const by = numbers.length > 1 ? `, by ${numbers.length} numbers: at ${places}` : '';
    say(io, charts === 0 ? 'That holds already.' : `It holds: ${count(charts, 'chart')}${by}.`);
    if (grants > 0) say(io, `${count(grants, 'grant')} of yours to this doctor taken back.`);
    if (left > 0)
      note(
        io,
        `${count(left, 'mediator or key server', 'mediators or key servers')} could not be told and will be the next time; nothing opens any more all the same.`,
      );
    if (grants > 0) await renewConsents(sharing);
    await tellInPart(person, io);
    return (await promisesKept(person, io)) ? 0 : 1;
  },
});

export const limitsAllow = command({
  name: 'limits allow',
  group: 'sharing',
  summary: 'take a denial back: her work opens again what it opens',
  takes,
  options: { ...common.as('the patient'), ...common.town, ...common.keyrings },
  more: 'What you had shared with her by name stays taken back; share it again if you want to.',
  examples: ['carelet limits allow "Dr Osei" --as ada'],
  async run({ options, given: [who], io }) {
    await using person = await enter(io, options, { op: 'take a denial back', kinds: ['patient'], writes: true });
    const { keyring, cloud, save, town, authority } = person;
    const { name, numbers } = await numbersCalled(authority, who!);
    await using mathematics = mathematicsInThreads(1);
    const sharing = { keyring, save, cloud, mathematics, ...partiesFor(town, keyring, io.clock), clock: io.clock };
    let charts = 0;
    for (const { doctor } of numbers) charts = Math.max(charts, await allow(sharing, doctor));
    say(
      io,
      charts === 0
        ? `You deny ${plainText(name)} nothing.`
        : `${plainText(name)} reads again what that work opens: ${count(charts, 'chart')}.`,
    );
    return (await promisesKept(person, io)) ? 0 : 1;
  },
});
