/**
 * `carelet who`: whom a patient lets read, in her own memory.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { consentInWords, fromFhirConsent, recipientOf } from '@carelet/care/rules/sharing/consent';
import type { GivenGrant } from '@carelet/client/keyring/keyring';
import type { Authority } from '@carelet/client/login';
import { doctorsIn } from '@carelet/client/sharing/people';
import { recallGrants, strange } from '@carelet/client/sharing/remembered';
import { whoReads } from '@carelet/client/sharing/share';
import { teamsOfTown, teamTitle } from '@carelet/client/sharing/teams/patient';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { groupBy } from '@carelet/ground/group-by';
import { command, common } from '../../command.ts';
import type { Io } from '../../io.ts';
import { enter, type Person } from '../../person.ts';
import { note, paint, plainText, say } from '../../terminal.ts';

export const whoCommand = command({
  name: 'who',
  group: 'sharing',
  summary: 'whom you let read what, until when',
  options: { ...common.as('the patient'), ...common.json, ...common.town, ...common.keyrings },
  more: 'This is what you shared by name. Doctors of a hospital where you were treated read there by their role.',
  examples: ['carelet who --as ada'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'list grants', kinds: ['patient'] });
    const { keyring } = person;
    const given = await grantsNow(person, io);
    if (options.json) {
      for (const grant of given) say(io, JSON.stringify({ grant: hex(grant.grant), consent: JSON.parse(grant.consent) }));
      return 0;
    }
    if (given.length === 0) say(io, 'Nobody reads by your consent.');
    const { bold, dim } = paint(io.stdout, io.env);
    // What she shared at once, of several charts, is one line.
    const alike = groupBy(given, (grant) => `${hex(grant.doctor)} ${hex(grant.mediator)} ${inWords(grant)}`);
    for (const [grant, ...more] of alike.values()) {
      const { doctorName, mediator, servers, grant: number } = grant!;
      const place = servers
        ? threeServers
        : (keyring.manifest.domains.find(({ organisation }) => equalPublic(organisation, mediator))?.name ?? 'a clinic');
      const charts = more.length > 0 ? dim(`${more.length + 1} charts`) : dim(hex(number).slice(0, 8));
      const recipient = recipientOf(JSON.parse(grant!.consent));
      const as = recipient === 'carer' || recipient === 'team' ? ` · ${recipient}` : '';
      say(io, `${bold(plainText(doctorName))}${as} · ${charts}`);
      say(io, `  ${inWords(grant!)}; through ${plainText(place)}`);
    }
    return 0;
  },
});

/** What stands in the place of a clinic where none mediates. */
export const threeServers = 'three key servers, of which two have to agree';

/** The grants that hold, also those that another copy of this keyring gave or took back, as far as the cloud can be asked. */
export async function grantsNow({ keyring, cloud, authority }: Person, io: Io): Promise<GivenGrant[]> {
  const now = () => Math.floor(io.clock() / 1000);
  try {
    await recallGrants({ keyring, cloud, now });
  } catch {
    note(io, 'The cloud does not answer; this is what this keyring remembers.');
  }
  const given = whoReads(keyring, now());
  if (given.every(({ doctorName }) => doctorName !== '')) return given;
  const doctors = await authority.enrolment.directory().then(
    ({ doctors: all }) => new Map(all.map(({ doctor, name }) => [hex(doctor), name])),
    () => new Map<string, string>(),
  );
  for (const team of await teamsOfTown({ keyring, authority, now: now() }).catch(() => [])) doctors.set(hex(team.card.id), teamTitle(team));
  return given.map((one) => (one.doctorName === '' ? { ...one, doctorName: doctors.get(hex(one.doctor)) ?? 'Somebody' } : one));
}

/** What a grant is about, in words. */
export function inWords({ consent }: GivenGrant): string {
  if (consent === strange) return 'what another copy of this keyring shared; it and whoever may read know what';
  const read = fromFhirConsent(JSON.parse(consent));
  return read ? consentInWords(read) : 'something a later version wrote';
}

/**
 * The approved doctor of this name, or of a number that begins so.
 *
 * @throws {CareletError} `missing` for none, `conflict` for several, also where one works at several places
 */
export async function doctorCalled(authority: Authority, who: string) {
  const { found } = await entriesCalled(authority, who);
  const [first, ...others] = found;
  if (others.length > 0) throw several(who, found);
  return first!;
}

/**
 * The same with each number of one who works at several places, also where one number was said; `also` are those that were not.
 *
 * @throws {CareletError} `missing` for none, `conflict` for several people
 */
export async function numbersCalled(authority: Authority, who: string) {
  const { doctors, found } = await entriesCalled(authority, who);
  const [doctor, ...others] = doctorsIn(doctors).filter(({ numbers }) => numbers.some((one) => found.includes(one)));
  if (others.length > 0) throw several(who, found);
  return { ...doctor!, also: doctor!.numbers.filter((one) => !found.includes(one)) };
}

/** The entries of the directory of this name or number, one at least, among all of them. */
async function entriesCalled(authority: Authority, who: string) {
  const doctors = (await authority.enrolment.directory()).doctors.map((one) => ({ ...one, id: hex(one.doctor) }));
  const wanted = who.trim().toLowerCase();
  const plainName = (name: string) => name.toLowerCase();
  const exact = doctors.filter(({ name, id }) => plainName(name) === wanted || id === wanted);
  const parts = wanted.replace(/^dr\.?\s+/, '').split(/\s+/);
  const near = doctors.filter(
    ({ name, id }) =>
      parts.every((part) => plainName(name).split(/\s+/).includes(part)) || (/^[0-9a-f]{6,}$/.test(wanted) && id.startsWith(wanted)),
  );
  const found = (exact.length > 0 ? exact : near).toSorted((a, b) => (a.organisation < b.organisation ? -1 : 1));
  if (found.length === 0) {
    throw new CareletError('missing', 'find doctor', { subject: who, because: 'no approved doctor of this town has this name' });
  }
  return { doctors, found };
}

function several(who: string, found: readonly { readonly name: string; readonly organisation: string; readonly doctor: Uint8Array }[]) {
  const names = found.map(({ name, organisation, doctor }) => `${name} of ${organisation} (${hex(doctor).slice(0, 8)})`);
  return new CareletError('conflict', 'find doctor', {
    subject: who,
    because: `it could be ${names.join(' or ')}; say the number in brackets`,
  });
}
