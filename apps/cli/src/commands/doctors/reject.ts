/**
 * `carelet doctors reject`: an administrator turns a doctor down.
 *
 * @module
 */
import { reject } from '@carelet/client/enrolment';
import { holdersFor } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { plainText, say } from '../../terminal.ts';
import { findDoctor } from '../../who.ts';

export const doctorsReject = command({
  name: 'doctors reject',
  group: 'doctors and their keys',
  summary: 'turn a doctor down, with the reason she is told',
  takes: [{ name: 'doctor', says: "name, certificate, or the beginning of the card's number" }],
  options: {
    ...common.as('an administrator'),
    reason: { type: 'text', value: 'text', says: 'what the doctor is told', required: true },
    ...common.town,
    ...common.keyrings,
  },
  more: 'Whatever was signed for her counts no more, no new key is issued, and the keys she has end at once. What she opened before she may still know.',
  examples: ['carelet doctors reject lind --as mara --reason "The certificate has ended."'],
  async run({ options, given, io }) {
    await using person = await enter(io, options, { op: 'reject doctor', kinds: ['administrator'] });
    const { doctor, name } = await findDoctor(person.authority, given[0]!);
    const holders = holdersFor(person, io);
    const ended = await reject(person, holders, doctor, options.reason);
    await person.keep();
    say(io, `${plainText(name)} is turned down and will be told why.`);
    const all = ended.cloud && ended.cloudlets === holders.cloudlets.length;
    if (ended.cloud || ended.cloudlets > 0) say(io, 'Whatever keys were issued open nothing any more.');
    if (!all) say(io, 'Not everybody who holds a part of them could be reached; they hear of it within a minute of coming back.');
    return 0;
  },
});
