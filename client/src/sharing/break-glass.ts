/**
 * Breaking the glass (kp-abe.md §6, §7): in an emergency a doctor opens more of one patient's chart than her role reaches, for hours,
 * says why, and everybody whom it concerns is told at once.
 *
 * Her key for it is of two authorities, the hospital and the emergency office, and opens nothing without cloud and mediator. They do
 * their part once she signed her word. What opened is not kept in her keyring: when the hours are over it is closed again,
 * but for what she read.
 *
 * @module
 */
import { parts as allParts, CareletError, type Part } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import {
  decodeBreakGlass,
  encodeBreakGlass,
  hashOfReasons,
  longestBreak,
  longestReason,
  openReason,
  type SignedBreakGlass,
  sealReasons,
  signBreakGlass,
  signReview,
  type Verdict,
  verifyBreakGlass,
  verifyNoted,
  verifyReview,
} from '@carelet/crypto/ma-kp-abe/break-glass';
import { verifyDeed } from '@carelet/crypto/records/chart';
import { domainOf } from '../enrolment.ts';
import type { Keyring } from '../keyring/keyring.ts';
import type { Authority, Cloud } from '../login.ts';
import { watchOver } from '../receipts/watch.ts';
import type { ChartRef } from '../records/reader.ts';
import { believedCards } from '../records/reading/believed.ts';
import { type Office, reviewerOf, reviewersOf } from './office.ts';
import type { Broken } from './roles.ts';

export type BreakingGlass = { readonly keyring: Keyring; readonly cloud: Cloud; readonly clock?: () => number };

/** An administrator looks at her organisation's emergencies by her office. */
export type LookingAtGlass = BreakingGlass & { readonly office?: Office };

/** Why the glass is broken, of what, and for how long. */
export type Emergency = {
  /** In a sentence: the patient and her hospital read it. */
  readonly reason: string;
  /** Which parts of the chart; all of them unless told. */
  readonly parts?: readonly Part[];
  /** At most four; four unless told. */
  readonly hours?: number;
};

/** A broken glass as its doctor, the patient or the hospital sees it. */
export type BrokenGlass = {
  readonly word: SignedBreakGlass;
  /** Whose chart; an administrator is not told. */
  readonly owner: Bytes | null;
  /** Why; `null` for whom it is not sealed to. */
  readonly reason: string | null;
  /** What the hospital said afterwards, signed. */
  readonly verdict: Verdict | null;
  /** Whether the cloud shows an older word of the hospital than it did, or none any more: then none counts. */
  readonly older: boolean;
};

/** Whether somebody has a key for emergencies at this organisation that has not ended. */
export function mayBreakGlass(
  { manifest, emergencyKeys }: Pick<Keyring, 'manifest' | 'emergencyKeys'>,
  organisation: Bytes,
  now: number,
): boolean {
  const number = domainOf(manifest, organisation)?.emergency;
  return number !== undefined && emergencyKeys.some((key) => equalPublic(key.organisation, number) && key.notAfter > now);
}

/**
 * Breaks the glass of a chart.
 *
 * @param authority tells who signs for the hospital, so that she tells them why; while it is away they are not told
 * @returns until when, UTC seconds
 * @throws {CareletError} `invalid` for a reason, parts or hours that cannot be, `denied` where no key for emergencies opens this chart,
 *   `tampered` for a chart that is not its owner's or a cloud that keeps no word, `conflict` for one too many
 */
export async function breakGlass(
  { keyring, cloud, authority, clock = Date.now }: BreakingGlass & { readonly authority?: Authority },
  chart: ChartRef,
  { reason, parts = allParts, hours = longestBreak / 3600 }: Emergency,
): Promise<number> {
  const op = 'break the glass';
  const invalid = (because: string) => new CareletError('invalid', op, { because });
  const why = reason.trim();
  const length = new TextEncoder().encode(why.normalize('NFC')).length;
  if (length === 0 || length > longestReason) throw invalid(`say why, in at most ${longestReason} characters`);
  if (!(hours > 0 && hours * 3600 <= longestBreak)) throw invalid(`a glass stays broken for at most ${longestBreak / 3600} hours`);
  if (parts.length === 0) throw invalid('it names no part of the chart');
  const now = () => Math.floor(clock() / 1000);
  if (!mayBreakGlass(keyring, chart.writer, now())) {
    throw new CareletError('denied', op, { because: 'your policy does not let you break the glass here' });
  }
  const cards = believedCards(keyring, cloud, now);
  await cards.learn([chart.owner, chart.writer]);
  const [owner, writer] = [cards.of(chart.owner), cards.of(chart.writer)];
  if (writer?.kind !== 'organisation' || !verifyDeed(writer.edVk, chart, chart.deed) || !owner) {
    throw new CareletError('tampered', op, { because: 'nobody vouches that this chart is its owner’s' });
  }
  const place = { town: foundingHash(keyring.manifest), number: systemRandom(16), pat: chart.pat, doctor: keyring.card.id };
  const administrators = authority ? await reviewersOf(authority, keyring, chart.writer, now()) : [];
  const reasons = sealReasons(place, why, { owner: owner.hybridPk, hospital: writer.hybridPk, administrators });
  const since = now();
  const word = encodeBreakGlass(
    signBreakGlass(keyring.secrets.edSk, {
      ...place,
      organisation: chart.writer,
      parts: [...new Set(parts)].sort(),
      since,
      until: since + Math.round(hours * 3600),
      reasons: hashOfReasons(reasons),
    }),
  );
  const { noted, promise } = await cloud.breakGlass.say({ word, reasons });
  const { receipts } = keyring.manifest;
  const unpromised = watchOver({ keyring, cloud, now }).took(promise);
  if (unpromised !== null || !receipts || !verifyNoted(receipts.log.key, word, noted)) {
    throw new CareletError('tampered', op, { because: unpromised ?? 'the cloud did not sign that it noted this' });
  }
  return decodeBreakGlass(word)!.until;
}

/** The broken glass by which a doctor opens a chart now, the one that lasts longest; `null` where there is none. */
export async function brokenFor({ keyring, cloud, clock = Date.now }: BreakingGlass, { pat }: ChartRef): Promise<Broken | null> {
  const now = Math.floor(clock() / 1000);
  const open = (await cloud.breakGlass.list({})).broken.flatMap(({ word, noted }) => {
    const read = decodeBreakGlass(word);
    return read && equalPublic(read.doctor, keyring.card.id) && equalPublic(read.pat, pat) && read.until > now
      ? [{ until: read.until, word, noted }]
      : [];
  });
  const [longest] = open.toSorted((a, b) => b.until - a.until);
  return longest ? { word: longest.word, noted: longest.noted } : null;
}

/**
 * The broken glasses of one's charts, of those one wrote, and those one broke, the newest first; with an office, of the organisation one
 * signs for. Of what the cloud brings counts what a doctor of this town signed, for this town. Of what a hospital says afterwards the
 * newest that was ever seen: it is remembered.
 */
export async function brokenGlasses({ keyring, cloud, office, clock = Date.now }: LookingAtGlass): Promise<BrokenGlass[]> {
  const now = () => Math.floor(clock() / 1000);
  const cards = believedCards(keyring, cloud, now);
  const offered = (await cloud.breakGlass.list(office ? { office } : {})).broken.flatMap((one) => {
    const word = decodeBreakGlass(one.word);
    const isOurs = word && equalPublic(word.town, foundingHash(keyring.manifest));
    return isOurs && (!office || equalPublic(word.organisation, office.organisation)) ? [{ ...one, word }] : [];
  });
  await cards.learn(offered.flatMap(({ word }) => [word.doctor, word.organisation]));
  return offered
    .flatMap(({ word, owner, reasons, review }): BrokenGlass[] => {
      const doctor = cards.of(word.doctor);
      if (doctor?.kind !== 'doctor' || !verifyBreakGlass(doctor.edVk, word)) return [];
      const { hybridSk } = keyring.secrets;
      const to = [keyring.card.id, 'owner', 'hospital'] as const;
      const reason = to.reduce<string | null>((read, one) => read ?? openReason(hybridSk, word, one, reasons), null);
      const reviewer = review?.by ? reviewerOf(keyring.manifest, word.organisation, review.by, now()) : cards.of(word.organisation);
      const said = review && reviewer && verifyReview(reviewer.edVk, word, review, review.signature) ? review : null;
      const newest = newestReview(keyring, word, said?.at ?? 0);
      const older = newest > (said?.at ?? 0);
      return [{ word, owner, reason, verdict: said && !older ? said.verdict : null, older }];
    })
    .sort((a, b) => b.word.since - a.word.since);
}

/** When the newest word of a hospital about an emergency was said, this one among them: nobody shows an older one from now on. */
function newestReview({ receipts }: Keyring, { number }: SignedBreakGlass, at: number): number {
  const name = hex(number);
  const newest = Math.max(at, receipts.reviews[name] ?? 0);
  if (newest > 0) receipts.reviews[name] = newest;
  return newest;
}

/**
 * The hospital says afterwards whether breaking a glass was justified: itself, or an administrator who signs for it.
 *
 * @throws {CareletError} `denied` where it is not one's own to say, `conflict` where something later was said
 */
export async function reviewBreakGlass(
  { keyring, cloud, office, clock = Date.now }: LookingAtGlass,
  { word }: BrokenGlass,
  verdict: Verdict,
): Promise<void> {
  const { pat, number } = word;
  const at = Math.max(Math.floor(clock() / 1000), newestReview(keyring, word, 0) + 1);
  const signature = signReview(keyring.secrets.edSk, word, { verdict, at });
  await cloud.breakGlass.review({ pat, number, verdict, at, signature, ...(office && { office: office.words }) });
  newestReview(keyring, word, at);
}
