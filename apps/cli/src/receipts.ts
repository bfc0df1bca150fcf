/**
 * Receipts in sentences: who did what, when.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Authority } from '@carelet/client/login';
import { witnessAsDevice } from '@carelet/client/receipts/device';
import { type Mediating, mediators } from '@carelet/client/receipts/mediators';
import { type Standing, watchOver } from '@carelet/client/receipts/watch';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import type { Receipt } from '@carelet/crypto/receipts/leaf';
import type { Io } from './io.ts';
import type { Person } from './person.ts';
import { count, paint, plainText } from './terminal.ts';

/** What somebody is called, by the number of her card. */
export type NameOf = (actor: Bytes) => string;

/** The names of the town's organisations and doctors, of oneself, and for the rest a number. */
export async function namesIn(authority: Authority, { domains }: Manifest, self: Bytes): Promise<NameOf> {
  const doctors = await authority.enrolment.directory().then(
    ({ doctors: all }) => new Map(all.map(({ doctor, name }) => [hex(doctor), name])),
    () => new Map<string, string>(),
  );
  return (actor) => {
    if (equalPublic(actor, self)) return 'You';
    const organisation = domains.find((domain) => equalPublic(domain.organisation, actor))?.name;
    return plainText(organisation ?? doctors.get(hex(actor)) ?? `Somebody (${hex(actor).slice(0, 8)})`);
  };
}

const contents: Readonly<Record<string, string>> = {
  EID: 'who you are',
  QID: 'what would give you away',
  MI: 'medical content',
};

/** What a receipt is about, as a sentence without its end. */
export function sentence({ kind, actor, scope, nodes }: Receipt, nameOf: NameOf): string {
  const who = nameOf(actor);
  const what = contents[scope.split('/')[1] ?? ''] ?? 'a part of your chart';
  const where = count(nodes.length, 'part of your chart', 'parts of your chart');
  switch (kind) {
    case 'posting':
      return `${who} wrote ${what}, in ${where}`;
    case 'reading':
      return `${who} was handed ${what}, of ${where}`;
    case 're-encryption':
    case 'transformation':
      return `${who} had ${where} opened`;
    case 'break-glass':
      return `${who} broke the glass: an emergency`;
    case 'lock':
      return `${who} renewed the locks on ${where}`;
    case 'grant':
      return `${who} let somebody read`;
    case 'taking-back':
      return `${who} took back what somebody could read`;
    case 'card':
      return `${who} showed a card`;
    case 'factor':
      return `${who} had a mediator's part in opening ${where}`;
    case 'question':
      return `${who} asked about ${where}`;
  }
}

/** `2026-11-20 09:41`, UTC. */
export const minuteOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

/** Who vouches for a log, of the town's organisations. */
export function witnessesInWords(by: readonly string[], { domains }: Manifest): string {
  const names = by.map((name) => domains.find(({ organisation }) => name.startsWith(`${hex(organisation)}/`))?.name ?? 'a witness');
  return [...new Set(names.map((name) => plainText(name)))].join(', ');
}

/** The log's standing, in one line. */
export const standingInWords = (standing: Standing, manifest: Manifest): string =>
  standing.kind === 'witnessed'
    ? `Witnessed by ${witnessesInWords(standing.by, manifest)}.`
    : 'Not yet witnessed by anybody but the cloud.';

/** What clinics' boxes wrote down of openings, beside the cloud; nothing where nothing was opened so. */
export function mediatedInWords({ acts, away, unfinishedOf }: Mediating, nameOf: NameOf): string[] {
  const openings = acts.filter(({ kind }) => kind === 'factor').length;
  return [
    ...(openings > 0 ? [`Of openings by your consent, clinics wrote down ${openings}.`] : []),
    ...unfinishedOf.map(({ reader, times }) => {
      const began = `${nameOf(reader)} began ${count(times, 'opening')} at the cloud, of which no clinic ${away.length > 0 ? 'that answered ' : ''}wrote down its part`;
      return `${began}: refused, broken off, or kept from you.`;
    }),
    ...away.map((organisation) => `${nameOf(organisation)} did not answer: what it wrote down of openings is not compared.`),
  ];
}

/** What does not fit between mediators and cloud, with the names of those for whom it was. */
export function mediatorProblems({ problems, silentOf }: Mediating, nameOf: NameOf): string[] {
  const silent = silentOf.map((reader) => {
    const name = nameOf(reader);
    return `${name} had a mediator do its part in an opening of your records of which the cloud shows no receipt: the cloud, the mediator or ${name} kept something back`;
  });
  return [...problems.filter((what) => what !== mediators.cloudSilent), ...silent];
}

/** Signs what a patient's device saw of the log, for those who read her charts; a cloud that is away is signed for the next time. */
export async function witnessAsOwner({ keyring, cloud, keep, keeps }: Person, io: Io): Promise<void> {
  if (!keeps || keyring.card.kind !== 'patient') return;
  await witnessAsDevice({ keyring, cloud, keep, clock: io.clock }).catch((thrown: unknown) => {
    if (!(thrown instanceof CareletError && thrown.kind === 'unavailable')) throw thrown;
  });
}

/**
 * Asks whether the receipts that were promised are written; says on the error line what does not fit. One that has time left, or cannot be
 * asked about now, is asked about the next time.
 *
 * @returns whether all of it fits
 */
export async function promisesKept({ keyring, cloud, keep }: Person, io: Io): Promise<boolean> {
  const watch = watchOver({ keyring, cloud, now: () => Math.floor(io.clock() / 1000) });
  const problems = await watch.settle().catch((thrown: unknown) => {
    if (thrown instanceof CareletError && thrown.kind === 'unavailable') return [];
    throw thrown;
  });
  await keep();
  const { warn } = paint(io.stderr, io.env);
  for (const what of problems) io.stderr.write(`${warn(`Does not fit: ${what}`)}\n`);
  return problems.length === 0;
}
