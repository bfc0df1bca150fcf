/**
 * Sharing with a named doctor, a carer or a team, and taking it back: consent is a key.
 *
 * For every chart of hers that is meant, a patient's client publishes the scopes it had not published, wraps the nodes that lie
 * in them, asks the mediator for a factor, and hands the cloud a re-encryption key for each scope. Taking back is two words: to
 * the cloud, which forgets the re-encryption keys, and to the mediator, which forgets its factor. Either is enough. What is written
 * from then on is sealed in a new generation.
 *
 * @module
 */
import { CareletError, type Category, type Part, type Period, parseResource } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { type Consent, periodsOf, type Recipient, toFhirConsent } from '@carelet/care/rules/sharing/consent';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Card, encodeCard } from '@carelet/crypto/cards/card';
import { hashOfLetter, signEnd, signGrant } from '@carelet/crypto/pre/grant';
import type { Offer } from '@carelet/crypto/pre/owner';
import type { KeyServers } from '../kdc/servers.ts';
import { endShared } from '../kdc/share.ts';
import type { GivenGrant, Keyring } from '../keyring/keyring.ts';
import type { Cloud, Cloudlet } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { mustStand } from '../receipts/cards.ts';
import type { ChartRef } from '../records/reader.ts';
import { consentWraps } from '../records/wraps.ts';
import { daysToCome } from '../session/renew.ts';
import { allOrNone, believed, chartsMeant, type Next, shownChart } from './giving.ts';
import { grantIn, heirsElsewhere, heirsOf, isHeld } from './heirs.ts';
import { layWraps } from './lay.ts';
import { sealLetter } from './letter.ts';
import { saidLimits } from './limits.ts';
import { categoriesOf } from './meant.ts';
import { hasOwnSecrets, remember } from './own.ts';
import { ownTrees } from './own-trees.ts';
import type { Listed } from './people.ts';
import { publish, publishedScopes, raiseGenerations } from './publish.ts';
import { grantedAnswer, type RequestRef } from './requests.ts';
import { type Published, rootOf, scopedNodes, scopeIn, withoutWrap } from './scopes.ts';
import { believedTeam } from './teams/patient.ts';

export type SharingOptions = {
  /** The patient's. */
  readonly keyring: Keyring;
  /** Puts the keyring on disk. */
  readonly save: () => Promise<void>;
  readonly cloud: Cloud;
  readonly mathematics: Mathematics;
  /** The cloudlet of an organisation; `null` when nobody knows where it is. */
  readonly cloudletOf: (organisation: Bytes) => Cloudlet | null;
  /** The town's key servers, for what goes through them; nobody knows where they are unless told. */
  readonly keyServers?: KeyServers;
  /** The doctors of the town: by which other numbers somebody goes who is denied. A number is all that is known of her unless told. */
  readonly directory?: () => Promise<readonly Listed[]>;
  readonly clock?: () => number;
};

export type Share = {
  /** The card number of whoever is let read. */
  readonly doctor: Bytes;
  /** As her patient calls her. */
  readonly doctorName: string;
  /**
   * As what she is let read, a doctor unless told: two issuers vouch for a doctor's card, for a carer's her code (`carer.ts`), for a
   * team's its organisation (`teams/patient.ts`).
   */
  readonly as?: Recipient;
  /** Of a team: the number of its organisation. */
  readonly of?: Bytes | undefined;
  readonly consent: Consent;
  /** The organisation whose cloudlet mediates. */
  readonly mediator: Bytes;
  /** The charts that are meant; all of the patient's unless told. */
  readonly charts?: readonly Bytes[];
  /** Numbers of the grants in whose place these are: the keyring remembers it before they hold, and whoever gives them ends the others. */
  readonly instead?: readonly Bytes[];
  /** The doctor's request that is granted so: answered in the same act as the last grant, or nothing is shared. */
  readonly answering?: RequestRef;
  /** Told as scopes get their keys: how many of how many. */
  readonly progress?: (done: number, of: number) => void;
};

/**
 * Shares; gives a grant for each chart. When one of them cannot be given, none holds.
 *
 * @throws {CareletError} `invalid` for a consent that cannot be, or to oneself, `missing` for somebody who has not said that she takes keys by
 *   consent or a mediator nobody knows, `tampered` for cards and halves that do not fit, `conflict` for a request that does not
 *   wait any more
 */
export async function share(options: SharingOptions, wanted: Share): Promise<GivenGrant[]> {
  const { keyring, cloud, cloudletOf, clock = Date.now } = options;
  const { doctor: doctorId, consent, mediator: mediatorId } = wanted;
  const charts = await chartsMeant(options, { reader: doctorId, consent, charts: wanted.charts });

  const now = Math.floor(clock() / 1000);
  const { doctor, organisation, delegate } = await readerOf({ keyring, cloud, now }, wanted);
  // A team’s card is its organisation’s word.
  await mustStand(options, 'share records', organisation ?? doctor);
  const mediating = cloudletOf(mediatorId);
  if (!mediating) throw new CareletError('missing', 'share records', { because: 'nobody knows where the mediator’s cloudlet is' });
  const mediator = believed(keyring, (await mediating.sharing.mediator()).organisation, 'organisation', mediatorId, now);

  await hasOwnSecrets(options);
  return allOrNone(
    options,
    charts,
    wanted.instead,
    (next) => {
      const answering = next.isLast ? wanted.answering : undefined;
      return shareChart(options, wanted, next, { doctor, organisation, delegate, mediator, mediating, answering });
    },
    ({ grant }) => endGrant(options, grant),
  );
}

/** Card and half of whoever is to be let read, once they are believed; of a team its organisation's card as well. */
async function readerOf(
  { keyring, cloud, now }: Pick<SharingOptions, 'keyring' | 'cloud'> & { readonly now: number },
  { doctor, as = 'doctor', of }: Share,
): Promise<Pick<With, 'doctor' | 'organisation' | 'delegate'>> {
  if (as === 'team') {
    if (!of) throw new CareletError('invalid', 'share records', { because: 'nobody says whose team this is' });
    const { card, organisation, delegate } = await believedTeam({ keyring, cloud, now }, doctor, of);
    return { doctor: card, organisation, delegate };
  }
  const [half] = (await cloud.sharing.delegates({ doctors: [doctor] })).delegates;
  if (!half) throw new CareletError('missing', 'share records', { because: `this ${as} has not made herself ready to be shared with` });
  const card = believed(keyring, half.card, as === 'carer' ? 'patient' : 'doctor', doctor, now);
  return { doctor: card, organisation: undefined, delegate: half.delegate };
}

type ScopeMeant = { readonly category: Category; readonly part: Part; readonly period: Period; readonly scope: Bytes };

type With = {
  readonly doctor: Card;
  /** Of a team. */
  readonly organisation: Card | undefined;
  readonly delegate: Bytes;
  readonly mediator: Card;
  readonly mediating: Cloudlet;
  readonly answering: RequestRef | undefined;
};

async function shareChart(
  options: SharingOptions,
  wanted: Share,
  { chart, grant, ends }: Next,
  { doctor, organisation, delegate, mediator, mediating, answering }: With,
): Promise<GivenGrant> {
  const { keyring, save, cloud, mathematics, clock = Date.now } = options;
  const { consent, doctorName, as, progress = () => {} } = wanted;
  const today = dayOf(clock());
  const notAfter = Date.parse(`${consent.until}T23:59:59Z`) / 1000;
  const { root, pq } = keyring.sharing.patient!;

  const asked = { grant, pat: chart.pat, delegate, doctor: encodeCard(doctor), notAfter, chart: await shownChart(options, chart) };
  // Who is in a team nobody says by name: its mediator is told whom she denies before it has a factor.
  const said = organisation ? await saidLimits(options, chart) : null;
  const ofTeam = { ...(organisation && { organisation: encodeCard(organisation) }), ...(said && { limits: said.state }) };
  const { factor } = await mediating.sharing.factor({ ...asked, ...ofTeam });
  const offer: Offer = { grant, delegate, factor, doctor: { id: doctor.id, edVk: doctor.edVk }, mediator: mediator.edVk };

  const published = await publishedScopes(options, chart);
  const scopes = scopesMeant(consent, published, today);
  const keys: { p: Bytes; rekey: Bytes }[] = [];
  for (let at = 0; at < scopes.length; at += atOnce) {
    const some = scopes.slice(at, at + atOnce).map(({ scope }) => ({ root: rootOf(root, chart.pat), scope, offer }));
    for (const { p, rekey } of await mathematics.scopeKeys(some)) {
      if (!rekey)
        throw new CareletError('tampered', 'share records', {
          because: 'the half of whoever is let read or the mediator’s factor does not hold',
        });
      keys.push({ p, rekey });
    }
    progress(keys.length, scopes.length);
  }
  const whole = await publish(
    options,
    chart,
    published,
    scopes.map((scope, i) => ({ ...scope, p: keys[i]!.p })),
  );
  await wrapScopes({ keyring, cloud, mathematics, clock }, chart, whole);

  const words = {
    grant: hex(grant),
    patient: hex(keyring.card.id),
    doctor: hex(doctor.id),
    doctorName,
    as,
    ...(organisation && { of: hex(organisation.id) }),
    given: new Date(clock()).toISOString(),
  };
  const text = JSON.stringify(toFhirConsent(consent, words));
  parseResource(JSON.parse(text));
  const letter = sealLetter(doctor.hybridPk, grant, {
    consent: text,
    patient: keyring.title,
    pq,
    scopes: scopes.map(({ scope }, i) => ({ scope, p: keys[i]!.p })),
  });
  // Of the generation it is sealed for: see [Note: Generations].
  const issued = Math.max(Math.floor(clock() / 1000), ...[...whole.heads.values()].map(({ since }) => since));
  const signed = signGrant(keyring.secrets.edSk, {
    grant,
    pat: chart.pat,
    doctor: doctor.id,
    mediator: mediator.id,
    issued,
    notAfter,
    letterHash: hashOfLetter(letter),
  });
  const given: GivenGrant = {
    grant,
    pat: chart.pat,
    doctor: doctor.id,
    doctorName,
    mediator: mediator.id,
    issued,
    notAfter,
    consent: text,
    holds: { cloud: true, mediator: true },
    ...(ends.length > 0 && { ends }),
  };
  // Remembered before it holds: whatever happens next, she can take it back.
  keyring.sharing.grants.push(given);
  await save();
  const answers = answering && grantedAnswer(keyring, answering, doctor.id);
  const { promise } = await cloud.sharing.grant({
    grant: signed,
    letter,
    rekeys: keys.map(({ rekey }) => rekey),
    ...(answers && { answers }),
  });
  remember(options, 'share records', promise);
  await save();
  return given;
}

/** Scopes in one call to the mathematics. */
const atOnce = 64;

/** The scopes of a consent, under the generation that holds. */
function scopesMeant(consent: Consent, published: Published, today: Period): ScopeMeant[] {
  const periods = periodsOf(consent, today);
  return consent.parts.flatMap((part) =>
    categoriesOf(consent, part).flatMap((category) =>
      periods.map((period) => ({ category, part, period, scope: scopeIn(published, category, part, period).scope })),
    ),
  );
}

/**
 * Makes the consent wraps that a chart of one's own lacks: of everything there when a grant is made, and whenever her client is
 * used, of what her devices will write in the coming week.
 *
 * @returns how many
 */
export async function wrapScopes(
  { keyring, cloud, mathematics, clock = Date.now }: Pick<SharingOptions, 'keyring' | 'cloud' | 'mathematics' | 'clock'>,
  chart: ChartRef,
  published: Published,
): Promise<number> {
  const today = dayOf(clock());
  const wanted = (await ownTrees({ keyring, cloud }, chart)).flatMap(({ node, periods, ofDevice }) =>
    scopedNodes(node, ofDevice ? [...periods, ...daysToCome(today)] : periods, published, today),
  );
  const missing = await withoutWrap(cloud, chart.pat, wanted);
  const wraps = await consentWraps(mathematics, keyring, keyring.sharing.patient!.pq, missing);
  await layWraps(
    cloud,
    chart.pat,
    missing.map(({ node }, i) => ({ node, wrap: wraps[i]! })),
  );
  return missing.length;
}

/** What became of taking a grant back, at each of the two that hold a part of it. */
export type Ended = { readonly cloud: boolean; readonly mediator: boolean };

/**
 * Takes a grant back, with whatever lets read the same in its place: also a team that follows. One of the two is enough for nothing to
 * open any more; the other is asked again the next time.
 *
 * @throws {CareletError} `missing` for a grant this keyring does not know, `unavailable` when neither could be reached
 */
export async function unshare(options: SharingOptions, grant: Bytes): Promise<Ended> {
  const { keyring } = options;
  const named = grantIn(keyring, grant);
  // Of one that never held, what it was to stand in the place of stays.
  const before = named && isHeld(named) ? (named.ends ?? []) : [];
  const ended = await endGrant(options, grant);
  for (const number of before) if (isHeld(grantIn(keyring, number) ?? nothingHeld)) await endGrant(options, number);
  // Whoever named it may not know yet that another was given in its place.
  await endHeirs(options, grant);
  // What cannot be published now is the next time.
  await raiseAfter(options, grant).catch(() => {});
  return ended;
}

/** Ends whatever stands in the place of a grant, but for some. */
export async function endHeirs(options: SharingOptions, grant: Bytes, except: readonly Bytes[] = []): Promise<void> {
  const { keyring } = options;
  const isLeft = ({ grant: number }: GivenGrant) => !except.some((one) => equalPublic(one, number));
  for (const heir of heirsOf(keyring.sharing.grants, grantIn(keyring, grant)!).filter(isLeft)) await endGrant(options, heir.grant);
  for (const heir of (await heirsElsewhere(options, grantIn(keyring, grant)!)).filter(isLeft)) await endGrant(options, heir.grant);
}

async function raiseAfter(options: SharingOptions, grant: Bytes): Promise<void> {
  const given = grantIn(options.keyring, grant);
  const chart = (await options.cloud.records.charts()).charts.find(({ pat }) => given && equalPublic(pat, given.pat));
  if (chart) await raiseGenerations(options, chart);
}

/** Tells cloud and mediator, or the key servers, that a grant is over, and no more. */
export async function endGrant(options: SharingOptions, grant: Bytes): Promise<Ended> {
  const { keyring, save, cloud, cloudletOf } = options;
  const given = grantIn(keyring, grant);
  if (!given) throw new CareletError('missing', 'take back', { because: 'this keyring gave no such grant' });
  if (given.servers) return endShared(options, given);
  const end = signEnd(keyring.secrets.edSk, given);
  const asked = { pat: given.pat, grant, end };
  // Both are told, whatever is known of them: telling twice changes nothing, and an answer may have been lost.
  const endAtCloud = async () => remember(options, 'take back', (await cloud.sharing.end(asked)).promise);
  const told = await Promise.allSettled([endAtCloud(), endAtMediator(cloudletOf(given.mediator), asked)]);
  const [atCloud, atMediator] = told.map(({ status }) => status === 'fulfilled');
  if (!atCloud && !atMediator) throw (told[0] as PromiseRejectedResult).reason;
  // Looked for again: meanwhile the keyring may have been brought together with another copy of it.
  const now = grantIn(keyring, grant)!;
  now.holds = { cloud: now.holds.cloud && !atCloud, mediator: now.holds.mediator && !atMediator };
  await save();
  return { cloud: atCloud!, mediator: atMediator! };
}

async function endAtMediator(cloudlet: Cloudlet | null, asked: Parameters<Cloudlet['sharing']['end']>[0]): Promise<void> {
  if (!cloudlet) throw new CareletError('unavailable', 'take back', { because: 'nobody knows where the mediator’s cloudlet is' });
  await cloudlet.sharing.end(asked);
}

/**
 * Ends what a grant was given in the place of, where whoever gave it was interrupted; gives how many. To be asked once the cloud has
 * said which grants hold: of one that never arrived, what was before stays.
 */
export async function finishChanges(options: SharingOptions): Promise<number> {
  const { keyring } = options;
  const ends = keyring.sharing.grants.filter(isHeld).flatMap((one) => one.ends ?? []);
  let ended = 0;
  for (const number of ends) {
    if (!isHeld(grantIn(keyring, number) ?? nothingHeld)) continue;
    const told = await endGrant(options, number).catch(() => null);
    if (told) ended++;
  }
  return ended;
}

const nothingHeld = { holds: { cloud: false, mediator: false } };

/** Asks again whoever could not be reached when a grant was taken back; gives how many are left. */
export async function finishEnding(options: SharingOptions): Promise<number> {
  const half = options.keyring.sharing.grants.filter(isHalfEnded);
  for (const { grant } of half) await unshare(options, grant).catch(() => {});
  return half.filter(({ holds, servers }) => holds.cloud || holds.mediator || servers?.includes(true)).length;
}

/** Whether somebody who holds a part of a grant that was taken back has not said yet that it is over. */
const isHalfEnded = ({ holds, servers }: GivenGrant): boolean =>
  holds.cloud !== holds.mediator || (!holds.cloud && servers?.includes(true) === true);

/** The grants that hold, as their patient remembers them: the newest first. */
export const whoReads = ({ sharing }: Keyring, now: number): GivenGrant[] =>
  sharing.grants.filter((one) => isHeld(one) && one.notAfter > now).sort((a, b) => b.issued - a.issued);
