/**
 * `carelet share`: a patient lets a doctor read, by name, or a carer, by her code; through a clinic, or where none mediates the key servers.
 *
 * @module
 */
import { CareletError, confidentialities, kinds, sensitivities } from '@carelet/care/model';
import { addDays, dayOf, longestGrant } from '@carelet/care/rules/records/calendar';
import {
  type Consent,
  changeInWords,
  checkConsent,
  consentChange,
  consentInWords,
  fromFhirConsent,
  type Recipient,
  usualConsent,
} from '@carelet/care/rules/sharing/consent';
import { shareThroughServers } from '@carelet/client/kdc/share';
import type { GivenGrant } from '@carelet/client/keyring/keyring';
import { findCarer } from '@carelet/client/sharing/carer';
import { changeGrants } from '@carelet/client/sharing/change';
import { renewConsents } from '@carelet/client/sharing/renew';
import type { RequestRef } from '@carelet/client/sharing/requests';
import { share } from '@carelet/client/sharing/share';
import { type FoundTeam, followersOf, teamsOfTown, teamTitle } from '@carelet/client/sharing/teams/patient';
import { mathematicsInThreads } from '@carelet/client/threads';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { cloudletOf, partiesFor } from '../../cloudlets.ts';
import { command, common, oneOf, UsageError } from '../../command.ts';
import type { Io } from '../../io.ts';
import { enter, type Person } from '../../person.ts';
import { promisesKept } from '../../receipts.ts';
import { agreed, count, plainText, progress, say } from '../../terminal.ts';
import { tellInPart } from '../limits/show.ts';
import { doctorCalled, grantsNow, inWords, threeServers } from './who.ts';

const op = 'share records';
/** What one shares unless told: everything but administration. */
export const usualKinds = kinds.filter((kind) => !['devices', 'billing', 'identity', 'directory'].includes(kind));
export const usualDays = 90;
/** Instead of a clinic: the town's three key servers. */
const throughServers = 'key-servers';

export const shareCommand = command({
  name: 'share',
  group: 'sharing',
  summary: 'let a doctor, a carer or a team read, until you take it back or it ends',
  options: {
    ...common.as('the patient'),
    with: { type: 'text', value: 'whom', says: 'a doctor’s name or the beginning of her number; what you call a carer' },
    'with-team': { type: 'text', value: 'team', says: 'everybody of a ward or clinic, today and later (see "carelet teams list")' },
    code: { type: 'text', value: 'code', says: 'the carer code that your carer read out to you or showed you' },
    what: {
      type: 'text',
      value: 'kinds',
      says: `kinds of records, separated by commas: ${kinds.join(', ')} (usual: all that are about health)`,
    },
    sensitive: { type: 'text', value: 'groups', says: `especially sensitive ones too: ${sensitivities.slice(1).join(', ')}` },
    confidentiality: {
      type: 'text',
      value: 'levels',
      says: 'N normal, R restricted, V very restricted, as hospitals mark records (usual: N)',
    },
    from: { type: 'text', value: 'day', says: 'records from this day on, 2026-01-31 (usual: from the beginning)' },
    until: {
      type: 'text',
      value: 'day',
      says: `the last day on which she may read (usual: in ${usualDays} days; at most ${longestGrant})`,
    },
    through: {
      type: 'text',
      value: 'whom',
      says: `the clinic whose cloudlet mediates (usual: the first of the town), or "${throughServers}" where none does`,
    },
    instead: { type: 'flag', says: 'in the place of what you let her read so far, not beside it' },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: 'She needs no key of yours and you none of hers: cloud and mediator each hold a part, and either forgetting it ends the grant. Where no clinic mediates, three key servers run by three houses do, two of which have to agree each time; what a hospital writes afterwards then opens once your own client was used again ("carelet wearable renew"). Compare her fingerprint with her. A doctor who works at several places has a number at each: give the beginning of the one that is meant. Sensitive records are never shared unless you name them. A carer is anybody who has a patient’s keyring of her own: take her code from herself ("carelet carer code"), since nobody else says that it is hers. A team is whoever works there at the moment: who joins later reads too, who leaves reads no more, and you see each who looked.',
  examples: [
    'carelet share --as ada --with "Dr Osei"',
    'carelet share --as ada --with "Dr Diaz" --what vital-signs,waveforms --until 2026-12-31',
    'carelet share --as ada --with Ruth --code 7K2M-… --what medications',
    'carelet share --as ada --with "Dr Diaz" --what vital-signs --instead',
    'carelet share --as ada --with "Dr Osei" --through key-servers',
    'carelet share --as ada --with-team "Cardiology, Northgate Hospital"',
  ],
  async run({ options, io }) {
    if ((options.with === undefined) === (options['with-team'] === undefined))
      throw new UsageError('share: name whom you share with: --with <whom>, or --with-team <team>.');
    if (options['with-team'] !== undefined && options.code !== undefined)
      throw new UsageError('share: a team has no code; --code is a carer’s.');
    const today = dayOf(io.clock());
    const consent: Consent = {
      ...usualConsent,
      kinds: options.what === undefined ? usualKinds : oneOf('what', options.what, kinds),
      confidentiality: oneOf('confidentiality', options.confidentiality ?? 'N', confidentialities),
      sensitivity: ['none', ...(options.sensitive === undefined ? [] : oneOf('sensitive', options.sensitive, sensitivities.slice(1)))],
      from: options.from ?? 'beginning',
      until: options.until ?? addDays(today, usualDays),
    };
    checkConsent(consent, today);
    await using person = await enter(io, options, { op, kinds: ['patient'], writes: true });
    const to = await readerMeant(io, person, options);
    return letRead(io, person, { to, consent, through: options.through, instead: options.instead, yes: options.yes === true });
  },
});

/** Whoever is about to be let read. */
type Reader = {
  readonly id: Bytes;
  readonly as: Recipient;
  /** Of a team: its organisation. */
  readonly of?: Bytes;
  readonly name: string;
  readonly about: string;
  readonly fingerprint: string;
};

type Whom = { readonly with: string | undefined; readonly 'with-team': string | undefined; readonly code: string | undefined };

async function readerMeant(io: Io, person: Person, { with: whom, 'with-team': team, code }: Whom): Promise<Reader> {
  if (team !== undefined) return asTeam(await teamCalled(io, person, team));
  return code === undefined ? asDoctor(await doctorCalled(person.authority, whom!)) : carerOf(io, person, whom!, code);
}

const asTeam = (team: FoundTeam): Reader => ({
  ...{ id: team.card.id, as: 'team', of: team.organisation, name: teamTitle(team) },
  about: `everyone who works ${team.whole ? 'there' : 'in it'}, today and later`,
  fingerprint: fingerprint(team.card),
});

/**
 * The team of this name, with or without its organisation's.
 *
 * @throws {CareletError} `missing` for none, `conflict` for several
 */
async function teamCalled(io: Io, { keyring, authority }: Person, who: string): Promise<FoundTeam> {
  const all = await teamsOfTown({ keyring, authority, now: Math.floor(io.clock() / 1000) });
  const wanted = who.trim().toLowerCase();
  const found = all.filter((team) => [teamTitle(team), team.name, hex(team.card.id)].some((one) => one.toLowerCase() === wanted));
  const [first] = found;
  if (!first)
    throw new CareletError('missing', 'find team', { subject: who, because: 'no organisation of this town has a team of this name' });
  if (found.length > 1) {
    const titles = found.map((team) => `"${teamTitle(team)}"`);
    throw new CareletError('conflict', 'find team', { subject: who, because: `it could be ${titles.join(' or ')}` });
  }
  return first;
}

/** A doctor of the directory, about to be let read. */
export const asDoctor = ({
  doctor,
  name,
  specialty,
  organisation,
  ...rest
}: Omit<Awaited<ReturnType<typeof doctorCalled>>, 'id'>): Reader => ({
  id: doctor,
  as: 'doctor',
  name,
  about: `${specialty}, ${organisation}`,
  fingerprint: rest.fingerprint,
});

async function carerOf(io: Io, { keyring, cloud }: Person, name: string, code: string): Promise<Reader> {
  const card = await findCarer({ keyring, cloud, now: Math.floor(io.clock() / 1000) }, code);
  return { id: card.id, as: 'carer', name, about: 'who cares for you', fingerprint: fingerprint(card) };
}

type Letting = {
  readonly to: Reader;
  readonly consent: Consent;
  readonly through?: string | undefined;
  /** In the place of what she reads so far. */
  readonly instead?: boolean;
  readonly yes: boolean;
  /** The request that is granted so. */
  readonly answering?: RequestRef;
};

/** Shows what is about to be shared, asks, and shares; gives the exit code. */
export async function letRead(io: Io, person: Person, { to, consent, through, instead = false, yes, answering }: Letting): Promise<number> {
  const { keyring, cloud, save, town } = person;
  const served = through === throughServers;
  if (served && to.as === 'team') throw new CareletError('invalid', op, { because: 'with a team one shares through a clinic' });
  if (served && answering) throw new CareletError('invalid', op, { because: 'a request is granted through a clinic, not the key servers' });
  const clinic = through === undefined ? town.cloudlets[0] : served ? undefined : cloudletOf(town, through);
  const mediator = keyring.manifest.domains.find(({ name }) => name === clinic?.organisation)?.organisation;
  if (!mediator && !served) {
    throw new CareletError('missing', op, {
      because: `this town has no cloudlet that could mediate; its key servers can: --through ${throughServers}`,
    });
  }

  const given = await grantsNow(person, io);
  // What was given to a team that this one follows is on its way to it.
  const followers = await followersOf({ keyring, cloud, now: Math.floor(io.clock() / 1000) }, given);
  const isHers = (doctor: Bytes) => [doctor, ...(followers.get(hex(doctor)) ?? [])].some((one) => equalPublic(one, to.id));
  const before = given.filter(({ doctor }) => isHers(doctor));
  if (instead && before.length === 0) {
    throw new CareletError('missing', op, {
      subject: to.name,
      because: 'you let her read nothing so far that this could be in the place of',
    });
  }

  say(io, `${plainText(to.name)}, ${plainText(to.about)}`);
  say(io, `  fingerprint ${to.fingerprint}`);
  say(io, `  may read    ${consentInWords(consent)}`);
  for (const line of soFar(before, consent, instead)) say(io, line);
  say(io, `  through     ${served ? threeServers : clinic!.organisation}`);
  if (!yes && !(await agreed(io, 'Is this what you want?'))) {
    say(io, 'Nothing was shared.');
    return 1;
  }
  await using mathematics = mathematicsInThreads();
  await using line = progress(io, 'keys made');
  line.first(served ? 'asking the key servers' : 'asking the mediator');
  const sharing = { keyring, save, cloud, mathematics, ...partiesFor(town, keyring, io.clock), clock: io.clock };
  const wanted = { as: to.as, consent, progress: (done: number) => line.at(done) };
  const give = (others: readonly Bytes[] = []) =>
    mediator
      ? share(sharing, {
          ...wanted,
          doctor: to.id,
          doctorName: to.name,
          of: to.of,
          mediator,
          instead: others,
          ...(answering && { answering }),
        })
      : shareThroughServers(sharing, { ...wanted, reader: to.id, readerName: to.name, instead: others });
  const numbers = before.map(({ grant }) => grant);
  const shared = instead ? await changeGrants(sharing, to.id, numbers, give) : await give();
  // What was ended began new locks, which whoever may still read is given.
  if (instead) await renewConsents(sharing, (done) => line.at(done));
  say(io, `Shared: ${count(shared.length, 'chart')}. Take it back with: carelet unshare "${plainText(to.name)}" --as ${keyring.name}`);
  await tellInPart(person, io);
  return (await promisesKept(person, io)) ? 0 : 1;
}

/** What she reads so far, and what of it changes. */
function soFar(before: readonly GivenGrant[], consent: Consent, instead: boolean): string[] {
  const said = [...new Set(before.map(inWords))];
  const lines = said.map((words) => `  ${instead ? 'instead of ' : 'beside     '} ${words}`);
  const [only] = before;
  const known = only && said.length === 1 ? fromFhirConsent(JSON.parse(only.consent)) : null;
  return known && instead ? [...lines, `  changes     ${changeInWords(consentChange(known, consent))}`] : lines;
}
