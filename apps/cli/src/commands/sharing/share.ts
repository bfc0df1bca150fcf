/**
 * `carelet share`: a patient lets a doctor read, by name, or a carer, by her code.
 *
 * @module
 */
import { CareletError, kinds, sensitivities } from '@carelet/care/model';
import { addDays, dayOf, longestGrant } from '@carelet/care/rules/records/calendar';
import { type Consent, checkConsent, consentInWords, type Recipient, usualConsent } from '@carelet/care/rules/sharing/consent';
import { findCarer } from '@carelet/client/sharing/carer';
import type { RequestRef } from '@carelet/client/sharing/requests';
import { share } from '@carelet/client/sharing/share';
import { type FoundTeam, teamsOfTown, teamTitle } from '@carelet/client/sharing/teams/patient';
import { mathematicsInThreads } from '@carelet/client/threads';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { fingerprint } from '@carelet/crypto/cards/card';
import { cloudletOf, cloudletsFor } from '../../cloudlets.ts';
import { command, common, oneOf, UsageError } from '../../command.ts';
import type { Io } from '../../io.ts';
import { enter, type Person } from '../../person.ts';
import { promisesKept } from '../../receipts.ts';
import { agreed, count, plainText, progress, say } from '../../terminal.ts';
import { doctorCalled } from './who.ts';

const op = 'share records';
/** What one shares unless told: everything but administration. */
export const usualKinds = kinds.filter((kind) => !['devices', 'billing', 'identity', 'directory'].includes(kind));
export const usualDays = 90;

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
    from: { type: 'text', value: 'day', says: 'records from this day on, 2026-01-31 (usual: from the beginning)' },
    until: {
      type: 'text',
      value: 'day',
      says: `the last day on which she may read (usual: in ${usualDays} days; at most ${longestGrant})`,
    },
    through: { type: 'text', value: 'clinic', says: 'whose cloudlet mediates (usual: the first of the town)' },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: 'She needs no key of yours and you none of hers: cloud and mediator each hold a part, and either forgetting it ends the grant. Compare her fingerprint with her. Sensitive records are never shared unless you name them. A carer is anybody who has a patient’s keyring of her own: take her code from herself ("carelet carer code"), since nobody else says that it is hers. A team is whoever works there at the moment: who joins later reads too, who leaves reads no more, and you see each who looked.',
  examples: [
    'carelet share --as ada --with "Dr Chen"',
    'carelet share --as ada --with "Dr Diaz" --what vital-signs,waveforms --until 2026-12-31',
    'carelet share --as ada --with Ruth --code 7K2M-… --what medications',
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
      sensitivity: ['none', ...(options.sensitive === undefined ? [] : oneOf('sensitive', options.sensitive, sensitivities.slice(1)))],
      from: options.from ?? 'beginning',
      until: options.until ?? addDays(today, usualDays),
    };
    checkConsent(consent, today);
    await using person = await enter(io, options, { op, kinds: ['patient'], writes: true });
    const to = await readerMeant(io, person, options);
    return letRead(io, person, { to, consent, through: options.through, yes: options.yes === true });
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
export const asDoctor = ({ doctor, name, specialty, organisation, ...rest }: Awaited<ReturnType<typeof doctorCalled>>): Reader => ({
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
  readonly yes: boolean;
  /** The request that is granted so. */
  readonly answering?: RequestRef;
};

/** Shows what is about to be shared, asks, and shares; gives the exit code. */
export async function letRead(io: Io, person: Person, { to, consent, through, yes, answering }: Letting): Promise<number> {
  const { keyring, cloud, save, town } = person;
  const clinic = through === undefined ? town.cloudlets[0] : cloudletOf(town, through);
  const mediator = keyring.manifest.domains.find(({ name }) => name === clinic?.organisation)?.organisation;
  if (!mediator) throw new CareletError('missing', op, { because: 'this town has no cloudlet that could mediate' });

  say(io, `${plainText(to.name)}, ${plainText(to.about)}`);
  say(io, `  fingerprint ${to.fingerprint}`);
  say(io, `  may read    ${consentInWords(consent)}`);
  say(io, `  through     ${clinic!.organisation}`);
  if (!yes && !(await agreed(io, 'Is this what you want?'))) {
    say(io, 'Nothing was shared.');
    return 1;
  }
  await using mathematics = mathematicsInThreads();
  await using line = progress(io, 'keys made');
  line.first('asking the mediator');
  const wanted = { doctor: to.id, doctorName: to.name, as: to.as, of: to.of, consent, mediator, progress: (done: number) => line.at(done) };
  const given = await share(
    { keyring, save, cloud, mathematics, cloudletOf: cloudletsFor(town, keyring, io.clock), clock: io.clock },
    { ...wanted, ...(answering && { answering }) },
  );
  say(io, `Shared: ${count(given.length, 'chart')}. Take it back with: carelet unshare "${plainText(to.name)}" --as ${keyring.name}`);
  return (await promisesKept(person, io)) ? 0 : 1;
}
