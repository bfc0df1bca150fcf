/**
 * Sharing by consent at a patient's door: the doctors and teams of the town, carers by their codes, whom she lets read, letting read, and taking back.
 *
 * @module
 */
import { CareletError, type Category, confidentialities, sensitivities } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { type Consent, checkConsent, isMeant, type Recipient, usualConsent } from '@carelet/care/rules/sharing/consent';
import { cloudletsOf } from '@carelet/client/cloudlets';
import { keyServersAt } from '@carelet/client/kdc/servers';
import { shareThroughServers } from '@carelet/client/kdc/share';
import type { GivenGrant, Keyring } from '@carelet/client/keyring/keyring';
import type { Mathematics } from '@carelet/client/mathematics';
import { renewDevices } from '@carelet/client/session/renew';
import { carerCode, findCarer } from '@carelet/client/sharing/carer';
import { changeGrants } from '@carelet/client/sharing/change';
import { listedBy } from '@carelet/client/sharing/people';
import { recallGrants } from '@carelet/client/sharing/remembered';
import { renewConsents } from '@carelet/client/sharing/renew';
import { endGrant, type SharingOptions, share, unshare } from '@carelet/client/sharing/share';
import { teamsOfTown, teamTitle } from '@carelet/client/sharing/teams/patient';
import { hex, unhex } from '@carelet/crypto/algebra/bytes';
import { cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import type { NodeGrant } from '@carelet/crypto/records/wrap';
import type { HouseEvent } from '../house/house.ts';
import type { Given, ShareDoctor, ShareTeam, ShareWish, SharingHouse } from '../house/sharing.ts';
import { mediatorsFor } from './mediators.ts';
import type { Person } from './person.ts';
import { readConsent, recipientIn, whatOf } from './received.ts';
import type { InTurn } from './turns.ts';

/** What a patient does with consent, and what her client does for it unasked. */
export type Sharing = Omit<SharingHouse, 'sharedWithMe'> & {
  /** Makes the locks that her devices' coming days lack, and finishes what was taken back by half. */
  renew(): Promise<void>;
};

export type SharingAround = {
  readonly person: Person;
  readonly options: SharingOptions;
  readonly inTurn: InTurn;
  readonly tell: (event: HouseEvent) => void;
};

/** What it takes to share: a patient's keyring, and everybody who takes part. */
export function sharingOptions(
  { keyring, cloud, authority, map, keep }: Person,
  mathematics: Mathematics,
  clock: () => number,
): SharingOptions {
  return {
    ...{ keyring, cloud, mathematics, clock },
    save: keep,
    cloudletOf: cloudletsOf(map.cloudlets, keyring, clock),
    keyServers: keyServersAt(map.authority, keyring, clock),
    directory: listedBy(authority),
  };
}

/** Characters of what one calls a carer. */
const longestName = 80;

/** Milliseconds in which a page asks how things stand now. */
const listsFirst = 1000;
/** Whom one lets read, and the organisation whose box should not be the one that takes part. */
type Called = { readonly as: Recipient; readonly of?: Uint8Array; readonly doctorName: string; readonly organisation: string | null };

/** Doctors in one request to the cloud. */
const atOnce = 100;

export function sharingOf({ person, options, inTurn, tell }: SharingAround): Sharing {
  const { keyring, cloud, authority, map } = person;
  const { clock = Date.now } = options;
  const now = () => Math.floor(clock() / 1000);

  async function directory(): Promise<ShareDoctor[]> {
    const { doctors } = await authority.enrolment.directory();
    const prints = new Map<string, string>();
    for (let at = 0; at < doctors.length; at += atOnce) {
      const some = doctors.slice(at, at + atOnce).map(({ doctor }) => doctor);
      for (const { card: bytes } of (await cloud.sharing.delegates({ doctors: some })).delegates) {
        const card = decodeCard(bytes);
        // Of the card that will be believed, not what somebody says of it.
        if (card?.kind === 'doctor' && cardStands(card, keyring.manifest, now())) prints.set(hex(card.id), fingerprint(card));
      }
    }
    return doctors
      .map(({ doctor, name, specialty, organisation }) => {
        const id = hex(doctor);
        return { id, name, specialty, organisation, fingerprint: prints.get(id) ?? null };
      })
      .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }

  const foundTeams = () => teamsOfTown({ keyring, authority, now: now() });

  async function teams(): Promise<ShareTeam[]> {
    return (await foundTeams()).map((team) => {
      const { name, place, whole } = team;
      return { id: hex(team.card.id), title: teamTitle(team), name, place, whole };
    });
  }

  /**
   * A doctor or a team as the directory names them, or a carer as her patient does: whom the number stands for is looked at when it is
   * shared.
   */
  async function called({ doctor: id, carer, team }: ShareWish): Promise<Called> {
    if (team) {
      const one = (await foundTeams()).find(({ card }) => hex(card.id) === id);
      if (!one) throw new CareletError('missing', 'share records', { because: 'no team of this town has this number' });
      return { as: 'team', of: one.organisation, doctorName: teamTitle(one), organisation: one.place };
    }
    if (carer) {
      const doctorName = carer.name.trim().slice(0, longestName);
      if (doctorName === '') throw new CareletError('invalid', 'share records', { because: 'the carer has no name' });
      return { as: 'carer', doctorName, organisation: null };
    }
    const doctor = (await directory()).find((one) => one.id === id);
    if (!doctor) throw new CareletError('missing', 'share records', { because: 'no approved doctor of this town has this number' });
    return { as: 'doctor', doctorName: doctor.name, organisation: doctor.organisation };
  }

  return {
    directory,
    teams,

    carerCode: () => carerCode(options),

    carer: async (code) => ({ id: hex((await findCarer({ keyring, cloud, now: now() }, code)).id) }),

    async whoReads() {
      // Of what cannot be asked now, one's own memory tells; where there is none, nobody knows.
      await inTurn(() => recallGrants({ keyring, cloud, now })).catch((thrown) => {
        if (keyring.sharing.grants.length === 0) throw thrown;
      });
      const doctors = await directory().catch(() => []);
      const known = new Map<string, Known>(doctors.map((doctor) => [doctor.id, { ...doctor, team: false }]));
      for (const { id, title } of await teams().catch(() => []))
        known.set(id, { name: title, specialty: null, organisation: null, team: true });
      return inGroups(keyring.sharing.grants.filter((one) => one.notAfter > now() && (one.holds.cloud || one.holds.mediator))).map((some) =>
        givenOf(some, known.get(hex(some[0]!.doctor)), nameOf),
      );
    },

    share: (wish) =>
      inTurn(async () => {
        const { doctor: id, kinds, sensitive, from, until, answering, instead } = wish;
        const consent: Consent = {
          ...usualConsent,
          kinds,
          confidentiality: confidentialities.filter((level) => level === 'N' || sensitive.includes(level)),
          sensitivity: sensitivities.filter((group) => group === 'none' || sensitive.includes(group)),
          from,
          until,
        };
        checkConsent(consent, dayOf(clock()));
        const { organisation, ...whom } = await called(wish);
        const progress = summed((done, of) => tell({ kind: 'sharing', done, of }));
        const mediators = mediatorsFor(map, keyring, organisation);
        // A request is answered with the last grant, and a team’s members are told from others, where a clinic mediates.
        const served = mediators.length === 0 && !answering && whom.as !== 'team';
        const mediator = served ? null : await thatAnswers(mediators);
        const give = (before: readonly Uint8Array[] = []) =>
          mediator
            ? share(options, {
                ...{ doctor: unhex(id), ...whom, consent, mediator, progress, instead: before },
                ...(answering && { answering: { pat: unhex(answering.chart), request: unhex(answering.request) } }),
              })
            : shareThroughServers(options, {
                reader: unhex(id),
                readerName: whom.doctorName,
                as: whom.as,
                consent,
                progress,
                instead: before,
              });
        const given = instead ? await changeGrants(options, unhex(id), instead.map(unhex), give) : await give();
        // What was ended begins new locks, which whoever may still read is given; nobody waits for that, least of all the list.
        if (instead) setTimeout(() => void inTurn(() => renewConsents(options)).catch(() => {}), listsFirst);
        return given.map(({ grant }) => hex(grant));
      }),

    async unshare(grants) {
      // Whatever else is under way, this waits for nothing.
      const told = [];
      for (const grant of grants) told.push(await endGrant(options, unhex(grant)));
      // What was given in its place meanwhile ends too, and whoever may still read is given new keys; nobody waits for that.
      const rest = async () => {
        for (const grant of grants) await unshare(options, unhex(grant));
        await renewConsents(options);
      };
      void inTurn(rest).catch(() => {});
      return told.every(({ cloud: atCloud, mediator }) => atCloud && mediator) ? 'ended' : 'half';
    },

    renew: () =>
      inTurn(async () => {
        await renewDevices(options).catch(() => {});
        await renewConsents(options).catch(() => {});
      }),
  };

  /** The first cloudlet that answers. */
  async function thatAnswers(mediators: readonly Uint8Array[]): Promise<Uint8Array> {
    let failure: unknown = new CareletError('missing', 'share records', { because: 'this town has no cloudlet that could mediate' });
    for (const mediator of mediators) {
      try {
        await options.cloudletOf(mediator)!.sharing.mediator();
        return mediator;
      } catch (thrown) {
        failure = thrown;
      }
    }
    throw failure;
  }

  function nameOf(organisation: Uint8Array): string {
    return keyring.manifest.domains.find((domain) => hex(domain.organisation) === hex(organisation))?.name ?? hex(organisation).slice(0, 8);
  }
}

/** Each chart counts its own keys from the beginning; told are those of all charts so far. */
export function summed(tell: (done: number, of: number) => void): (done: number, of: number) => void {
  let before = 0;
  let last = { done: 0, of: 0 };
  return (done, of) => {
    if (last.done === last.of) before += last.of;
    last = { done, of };
    tell(before + done, before + of);
  };
}

/** Grants of several charts that were given as one, the newest first. */
function inGroups(grants: readonly GivenGrant[]): GivenGrant[][] {
  const groups = new Map<string, GivenGrant[]>();
  for (const one of [...grants].sort((a, b) => b.issued - a.issued)) {
    const half = one.holds.cloud !== one.holds.mediator;
    const name = JSON.stringify([hex(one.doctor), hex(one.mediator), one.notAfter, half, readConsent(one.consent)]);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups.values()];
}

/** What the town's directory says of whom one lets read. */
type Known = Pick<Given['doctor'], 'name' | 'specialty' | 'organisation' | 'team'>;

function givenOf(some: readonly GivenGrant[], doctor: Known | undefined, nameOf: (organisation: Uint8Array) => string): Given {
  const [one] = some as [GivenGrant];
  const consent = readConsent(one.consent);
  return {
    grants: some.map(({ grant }) => hex(grant)),
    doctor: {
      id: hex(one.doctor),
      name: one.doctorName || (doctor?.name ?? hex(one.doctor).slice(0, 8)),
      specialty: doctor?.specialty ?? null,
      organisation: doctor?.organisation ?? null,
      carer: recipientIn(one.consent) === 'carer',
      team: recipientIn(one.consent) === 'team' || doctor?.team === true,
    },
    what: consent && whatOf(consent),
    until: new Date(one.notAfter * 1000).toISOString().slice(0, 10),
    given: one.issued * 1000,
    through: one.servers ? null : nameOf(one.mediator),
    state: one.holds.cloud && one.holds.mediator ? 'holds' : 'half',
  };
}

/**
 * Names of those whom a patient lets read records of a category, or any.
 *
 * @param now UTC seconds
 */
export function letRead({ sharing }: Keyring, category: NodeGrant['category'] | undefined, now: number): string[] {
  const names = sharing.grants.flatMap(({ holds, notAfter, consent: text, doctorName }) => {
    const consent = holds.cloud && holds.mediator && notAfter > now ? readConsent(text) : null;
    if (!consent) return [];
    if (!category) return [doctorName];
    const [kind, conf, sens] = category;
    return isMeant(consent, 'MI', { kind, conf, sens } as Category) ? [doctorName] : [];
  });
  return [...new Set(names)].sort();
}
