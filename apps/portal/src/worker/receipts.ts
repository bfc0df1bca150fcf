/**
 * Who looked: a patient's receipts, checked, and put together as somebody would tell it.
 *
 * [Note: What one look is]
 * A page of rows is a receipt, so a doctor who opens a chart leaves a dozen within a second, and a few more whenever something
 * new comes while she looks. Receipts of one person, of one kind and for one reason, none of which is longer than a quarter of an
 * hour after the one before, are told as one look.
 *
 * @module
 */
import { CareletError, type Kind, kinds } from '@carelet/care/model';
import { cloudletsOf } from '@carelet/client/cloudlets';
import type { GivenGrant } from '@carelet/client/keyring/keyring';
import { ownCard } from '@carelet/client/receipts/cards';
import { askMediators, mediators } from '@carelet/client/receipts/mediators';
import { type ChartReceipts, doesNotFit, type OwnReceipts, ownReceipts } from '@carelet/client/receipts/own';
import { brokenPromise, noPromise } from '@carelet/client/receipts/watch';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { longestBreak } from '@carelet/crypto/ma-kp-abe/break-glass';
import type { Receipt, ReceiptKind } from '@carelet/crypto/receipts/leaf';
import type { Deed, Look, Looker, ReceiptProblem, Receipts, ReceiptsHouse } from '../house/receipts.ts';
import type { Charts, PatientCharts } from './charts.ts';
import type { Person } from './person.ts';
import { readConsent, recipientIn } from './received.ts';

const deedOf: Readonly<Record<ReceiptKind, Deed>> = {
  posting: 'wrote',
  grant: 'let',
  'taking-back': 'stopped',
  card: 'card',
  transformation: 'looked',
  're-encryption': 'looked',
  factor: 'looked',
  question: 'asked',
  reading: 'looked',
  lock: 'locked',
  'break-glass': 'broke',
};

const problemOf: Readonly<Record<string, ReceiptProblem>> = {
  [doesNotFit.exchanged]: 'exchanged',
  [doesNotFit.unwritten]: 'unwritten',
  [doesNotFit.changed]: 'changed',
  [doesNotFit.gone]: 'gone',
  [brokenPromise]: 'unkept',
  [noPromise]: 'unkept',
  [mediators.cloudSilent]: 'silent',
  [mediators.another]: 'mediator',
  [ownCard.another]: 'card',
  [ownCard.unwritten]: 'card',
  [ownCard.unproven]: 'card',
};

/** How long after one receipt another belongs to the same look, in seconds. */
const apart = 15 * 60;

export function receiptsOf({ person, charts, clock }: { person: Person; charts: Charts; clock: () => number }): ReceiptsHouse {
  const { keyring, cloud, authority } = person;
  const opened = new Map<string, Receipt>();
  let copy: Bytes | null = null;

  async function receipts(): Promise<Receipts> {
    const checked = clock();
    const compare = await askMediators({ keyring, cloudletOf: cloudletsOf(person.map.cloudlets, keyring, clock), clock });
    const found = await ownReceipts({ keyring, cloud, clock, opened }).catch(contradicted);
    // Where the cloud's own log does not hold there is nothing to compare with.
    const mediated = found.charts.length > 0 ? await compare(found.charts) : null;
    const own = { ...found, problems: [...found.problems, ...(mediated?.problems ?? [])] };
    copy = own.exported;
    // What was seen of the log outlasts this page, and this browser's next visit begins with it.
    await person.keep();
    const signed = own.problems.length === 0 && (await person.witness());
    const kindsAt = kindsIn(
      await charts.opened(hex(keyring.card.id)).then(
        (own) => [own],
        () => [],
      ),
    );
    const looks = looksIn(own.charts, { kindsAt, grants: keyring.sharing.grants, placeOf });
    return {
      checked,
      count: own.charts.reduce((sum, chart) => sum + chart.receipts.length, 0),
      earlier: own.charts.reduce((sum, { earlier }) => sum + earlier, 0),
      lookers: await lookersOf(new Set(looks.map(({ who }) => who))),
      looks,
      problems: [...new Set(own.problems.map((what) => problemOf[what] ?? 'log'))],
      silentOf: await namesOf(mediated?.silentOf ?? []),
      unfinishedOf: await namesOf(mediated?.unfinishedOf.map(({ reader }) => reader) ?? []),
      away: (mediated?.away ?? []).map(placeOf).sort(),
      witnesses: own.standing.kind === 'witnessed' ? [...new Set(own.standing.by.map(witnessName))].sort() : [],
      signed,
      copy: copy !== null,
    };
  }

  function placeOf(organisation: Bytes): string {
    return domainOf(hex(organisation)) ?? hex(organisation).slice(0, 8);
  }

  function domainOf(id: string): string | undefined {
    return keyring.manifest.domains.find(({ organisation }) => hex(organisation) === id)?.name;
  }

  /** A witness's name begins with its organisation's number. */
  function witnessName(name: string): string {
    return domainOf(name.split('/')[0]!) ?? name.slice(0, 8);
  }

  async function namesOf(cards: readonly Bytes[]): Promise<string[]> {
    return cards.length === 0 ? [] : (await lookersOf(new Set(cards.map(hex)))).map(({ name }) => name);
  }

  async function lookersOf(ids: ReadonlySet<string>): Promise<Looker[]> {
    const { doctors } = await authority.enrolment.directory().catch(() => ({ doctors: [] }));
    const known = new Map(doctors.map((doctor) => [hex(doctor.doctor), doctor]));
    const nobody = { specialty: null, organisation: null };
    const lookers = [...ids].map((id): Looker => {
      if (id === hex(keyring.card.id)) return { id, kind: 'you', name: keyring.title, ...nobody };
      const place = domainOf(id);
      if (place !== undefined) return { id, kind: 'place', name: place, ...nobody };
      const doctor = known.get(id);
      // By the name she was shared with, before what the authority says.
      const given = keyring.sharing.grants.find((grant) => hex(grant.doctor) === id && grant.doctorName !== '');
      const name = given?.doctorName ?? doctor?.name;
      if (name === undefined) return { id, kind: 'strange', name: id.slice(0, 8), ...nobody };
      const kind = given && recipientIn(given.consent) === 'carer' ? 'carer' : 'doctor';
      return { id, kind, name, specialty: doctor?.specialty ?? null, organisation: doctor?.organisation ?? null };
    });
    return lookers.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }

  return {
    receipts,
    async receiptsCopy() {
      if (!copy) throw new CareletError('missing', 'copy receipts', { because: 'no witness has signed the log within these minutes' });
      return { name: `${keyring.name}-receipts.cbor`, bytes: copy };
    },
  };
}

/** A log that is not the one it was is something to be told, not a failure to tell. */
function contradicted(thrown: unknown): OwnReceipts {
  if (!(thrown instanceof CareletError) || thrown.kind !== 'tampered') throw thrown;
  return { charts: [], problems: [thrown.because ?? thrown.message], standing: { kind: 'unwitnessed' }, exported: null };
}

/** What kinds of records hang on a node, by its name in hex. */
function kindsIn(rooms: readonly Pick<PatientCharts, 'opened'>[]): (node: Bytes) => readonly Kind[] {
  const at = new Map<string, Set<Kind>>();
  for (const { opened } of rooms) {
    for (const { records } of opened) {
      for (const { grant, rows } of records) {
        const kind = kinds.find((one) => one === grant.category[0]);
        if (!kind) continue;
        for (const { nodeId } of rows) {
          const name = hex(nodeId);
          const known = at.get(name) ?? new Set();
          at.set(name, known.add(kind));
        }
      }
    }
  }
  return (node) => [...(at.get(hex(node)) ?? [])];
}

export type LooksOptions = {
  /** What kinds of records hang on a node. */
  readonly kindsAt: (node: Bytes) => readonly Kind[];
  /** Whom she let read, also what is over. */
  readonly grants: readonly GivenGrant[];
  /** What an organisation is called. */
  readonly placeOf: (organisation: Bytes) => string;
};

type Growing = { look: Look; last: number; kinds: Set<Kind>; places: Set<string> };

/** Receipts as looks, the newest first. See [Note: What one look is]. */
export function looksIn(charts: readonly ChartReceipts[], { kindsAt, grants, placeOf }: LooksOptions): Look[] {
  const all = charts
    .flatMap(({ chart, receipts }) => receipts.map(({ receipt, index }) => ({ chart, receipt, index })))
    .sort((a, b) => a.receipt.time - b.receipt.time || a.index - b.index);
  // When somebody last said of a chart that it was an emergency: what she looks at within the hours it may last is told so.
  const broken = new Map<string, number>();
  // Who had something of a chart turned by consent before: what she looks at there she may have from it.
  const turned = new Set<string>();
  const looks: Growing[] = [];
  const latest = new Map<string, Growing>();
  for (const { chart, receipt, index } of all) {
    const who = hex(receipt.actor);
    const deed = deedOf[receipt.kind];
    const some = [...new Set(receipt.nodes.flatMap(kindsAt))];
    if (deed === 'broke') broken.set(`${who} ${hex(chart.pat)}`, receipt.time);
    const urgent = receipt.time - (broken.get(`${who} ${hex(chart.pat)}`) ?? Number.NEGATIVE_INFINITY) <= longestBreak;
    const opens = deed === 'looked' || deed === 'asked';
    if (receipt.kind === 're-encryption') turned.add(`${who} ${hex(chart.pat)}`);
    const hasTurned = turned.has(`${who} ${hex(chart.pat)}`);
    const { reason, team } =
      !opens || urgent ? { reason: opens ? ('emergency' as const) : null } : behind(receipt, chart.pat, some, grants, hasTurned);
    const name = `${who} ${deed} ${reason} ${team ?? ''}`;
    let growing = latest.get(name);
    if (!growing || receipt.time - growing.last > apart) {
      const at = receipt.time * 1000;
      growing = {
        look: { id: `${index}`, who, deed, at, until: at, kinds: [], reason, ...(team !== undefined && { team }), places: [] },
        last: receipt.time,
        kinds: new Set(),
        places: new Set(),
      };
      looks.push(growing);
      latest.set(name, growing);
    }
    growing.last = receipt.time;
    growing.places.add(placeOf(chart.writer));
    for (const kind of some) growing.kinds.add(kind);
  }
  return looks
    .map(({ look, last, kinds: some, places }) => ({
      ...look,
      until: last * 1000,
      kinds: kinds.filter((kind) => some.has(kind)),
      places: [...places].sort(),
    }))
    .sort((a, b) => b.at - a.at || Number(b.id) - Number(a.id));
}

type Behind = { readonly reason: 'allowed' | 'approved'; readonly team?: string };

/** Why something opened, as far as can be told: by what she let its actor read at that time, or a team that must have been hers. */
function behind(
  { kind, actor, time }: Receipt,
  pat: Bytes,
  some: readonly Kind[],
  grants: readonly GivenGrant[],
  hasTurned: boolean,
): Behind {
  // What is transformed is transformed by what the town approved.
  if (kind === 'transformation') return { reason: 'approved' };
  const covering = grants.filter(({ pat: of, issued, notAfter, consent: text }) => {
    if (!equalPublic(of, pat) || time < issued || time > notAfter) return false;
    const consent = readConsent(text);
    return !consent || some.length === 0 || some.some((one) => consent.kinds.includes(one));
  });
  const own = covering.some(({ doctor }) => equalPublic(doctor, actor));
  const team = own || !hasTurned ? undefined : covering.find(({ consent }) => recipientIn(consent) === 'team')?.doctorName;
  if (team !== undefined) return { reason: 'allowed', team };
  // What is turned is turned by consent.
  return { reason: own || kind === 're-encryption' ? 'allowed' : 'approved' };
}
