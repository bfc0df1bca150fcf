/**
 * The charts somebody can open, chart by chart: whose they are, where they were written, what is in them.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { receivedShared } from '@carelet/client/kdc/received';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { numbersOf } from '@carelet/client/keyring/numbers';
import { type OpenedRecord, recordsOf } from '@carelet/client/records/fhir';
import { joinedReader } from '@carelet/client/records/joined';
import { type ChartRef, type OpenedChart, type Problem, reader } from '@carelet/client/records/reader';
import { believedCards } from '@carelet/client/records/reading/believed';
import { receivedGrants } from '@carelet/client/sharing/received';
import { mathematicsInThreads } from '@carelet/client/threads';
import { compare, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { partiesFor } from './cloudlets.ts';
import { familyNames, spokenName } from './describe.ts';
import type { Io } from './io.ts';
import type { Person } from './person.ts';
import { witnessAsOwner } from './receipts.ts';
import { count, note, paint, plainText, progress, say } from './terminal.ts';

/** An opened chart, and what people call it. */
export type Chart = {
  readonly ref: ChartRef;
  /** The one of her numbers by which a doctor acts there. */
  readonly number: Keyring;
  /** The pseudonym, 32 hex digits. */
  readonly pat: string;
  /** The organisation that writes it. */
  readonly organisation: string;
  /** An organisation's own chart, of what concerns no patient. */
  readonly isDirectory: boolean;
  /** The patient's name, if these keys open it or she told it in sharing with a carer. */
  readonly name: string | undefined;
  /** Whether it is somebody else's, who shares it with a carer: a patient who reads beside her own. */
  readonly sharedWithCarer: boolean;
  /** When the owner's own device last signed the cloud's log, UTC seconds. */
  readonly ownerSaw: number | null;
  readonly records: readonly OpenedRecord[];
  readonly problems: readonly Problem[];
};

/** Said where nobody outside the cloud signed its log in the last ten minutes; one goes on. */
export const notWitnessed = 'Not yet witnessed: that this is the newest there is, only the cloud itself says.';

export const nothingOpens = 'Nothing here opens with your keys.';

/**
 * Opens the charts one's keys open something of, one after the other, and keeps what was learned on the way.
 *
 * @param patient only this one: a FHIR id, the beginning of a pseudonym, a family name; `all` is everyone
 * @throws {CareletError} `missing` when something opens and nothing of this patient does
 */
export async function* openCharts(
  person: Person,
  io: Io,
  { op, patient = 'all' }: { op: string; patient?: string | undefined },
): AsyncGenerator<Chart> {
  const { keyring } = person;
  // Doctors open by keys alone; before they have one, the cloud does not even know them.
  if (!hasKey(person, io) && !numbersOf(keyring).some(({ card, sharing }) => card.kind !== 'doctor' || sharing.half)) return;
  await using mathematics = mathematicsInThreads();
  await using line = progress(io, 'parts of records opened');
  line.first('asking for what can be opened');
  let before = 0;
  let now = 0;
  const progressed = (parts: number) => {
    // Another number reads on.
    if (parts < now) before += now;
    now = parts;
    line.at(before + now);
  };
  const opening = joinedReader(keyring, (number) => {
    const { cloud } = person.by(number);
    const around = { ...partiesFor(person.town, number, io.clock), mathematics, clock: io.clock, progress: progressed };
    return reader({ keyring: number, cloud, ...around });
  });
  let unwitnessed = false;
  let sound = true;
  let anything = false;
  let anybody = false;
  const wanted = patient === 'all' ? undefined : patient.toLowerCase();
  try {
    // The charts of one owner follow each other, an organisation's own come last.
    const refs = (await opening.charts()).toSorted((a, b) => Number(ownChart(a)) - Number(ownChart(b)) || compare(a.owner, b.owner));
    const sharers = refs.some((ref) => isShared(person, ref)) ? await sharersOf(person, io) : new Map<string, string>();
    for (const ref of refs) {
      const opened = await opening.open(ref);
      before += now;
      now = 0;
      unwitnessed ||= opened.standing?.kind === 'unwitnessed';
      sound &&= opened.problems.length === 0;
      const chart = inWords(person, opened, opening.numberFor(ref) ?? keyring, sharers.get(hex(ref.pat)));
      if (chart.records.length === 0 && chart.problems.length === 0) continue;
      anything = true;
      if (wanted !== undefined && !isMeant(chart, opened, wanted)) continue;
      anybody = true;
      yield chart;
    }
  } finally {
    await opening.leave();
    await person.keep();
    if (sound) await witnessAsOwner(person, io);
    if (unwitnessed) note(io, notWitnessed);
  }
  if (wanted !== undefined && anything && !anybody) {
    throw new CareletError('missing', op, { subject: patient, because: 'no patient of that id or name is among what your keys open' });
  }
}

/**
 * The charts of the one patient who is meant, of which something opens: how she is called, and by which chart.
 *
 * @throws {CareletError} `missing` for nobody among what opens, `conflict` for several
 */
export async function chartsOf(
  person: Person,
  io: Io,
  { op, patient }: { op: string; patient: string },
): Promise<readonly [FoundChart, ...FoundChart[]]> {
  const found: FoundChart[] = [];
  for await (const chart of openCharts(person, io, { op, patient })) {
    const { ref, number, organisation } = chart;
    if (!chart.isDirectory) found.push({ head: headOf(chart), organisation, ref, number });
  }
  const [first, ...others] = found;
  if (!first)
    throw new CareletError('missing', op, { subject: patient, because: 'no patient of that id or name is among what your keys open' });
  if (others.some(({ ref }) => !equalPublic(ref.owner, first.ref.owner))) {
    throw new CareletError('conflict', op, {
      subject: patient,
      because: 'several patients are called so; give the beginning of the pseudonym',
    });
  }
  return [first, ...others];
}

type FoundChart = Pick<Chart, 'ref' | 'number' | 'organisation'> & { readonly head: string };

function inWords(person: Person, opened: OpenedChart, number: Keyring, sharer: string | undefined): Chart {
  const { keyring } = person;
  const { chart: ref, problems } = opened;
  const records = recordsOf(opened);
  const domain = keyring.manifest.domains.find(({ organisation }) => equalPublic(organisation, ref.writer));
  const isDirectory = ownChart(ref);
  return {
    ref,
    number,
    pat: hex(ref.pat),
    organisation: domain?.name ?? hex(ref.writer).slice(0, 8),
    isDirectory,
    name: isDirectory
      ? undefined
      : (sharer ??
        patients(records)
          .map(spokenName)
          .find((name) => name !== undefined)),
    sharedWithCarer: isShared(person, ref),
    ownerSaw: opened.ownerSaw ?? null,
    records,
    problems,
  };
}

const hasKey = ({ keyring }: Person, io: Io): boolean =>
  numbersOf(keyring).some(({ doctorKeys }) => doctorKeys.some(({ notAfter }) => notAfter * 1000 > io.clock()));

/** Whether a patient sees a chart that is not her own. */
const isShared = ({ keyring }: Person, { owner }: ChartRef): boolean =>
  keyring.card.kind === 'patient' && !equalPublic(owner, keyring.card.id);

/** What they call themselves who share with a carer, by chart in hex. */
async function sharersOf({ keyring, cloud }: Person, io: Io): Promise<Map<string, string>> {
  const now = () => Math.floor(io.clock() / 1000);
  const around = { keyring, cloud, cards: believedCards(keyring, cloud, now), now };
  const received = [...(await receivedGrants(around)), ...(await receivedShared(around))];
  return new Map(received.map(({ grant, letter }) => [hex(grant.pat), plainText(letter.patient)]));
}

/** Of what concerns no patient. */
const ownChart = ({ owner, writer }: ChartRef): boolean => equalPublic(owner, writer);

const patients = (records: readonly OpenedRecord[]) =>
  records.flatMap(({ entries }) => entries.flatMap(({ resource }) => (resource.resourceType === 'Patient' ? [resource] : [])));

function isMeant({ pat, isDirectory, name, records }: Chart, { records: raw }: OpenedChart, wanted: string): boolean {
  if (isDirectory) return false;
  if (name?.toLowerCase().split(' ').at(-1) === wanted) return true;
  if (/^[0-9a-f]{4,32}$/.test(wanted) && pat.startsWith(wanted)) return true;
  const references = raw.flatMap(({ bodies }) => (bodies.EID?.kind === 'chart' ? bodies.EID.references : []));
  if (references.some((reference) => [reference, reference.replace(/^.*[/:]/, '')].some((one) => one.toLowerCase() === wanted)))
    return true;
  return patients(records).some(
    (resource) =>
      (typeof resource.id === 'string' && resource.id.toLowerCase() === wanted) ||
      familyNames(resource).some((family) => family.toLowerCase() === wanted),
  );
}

/** Whose a chart is: a name where one is known, else its pseudonym. */
export const whoseIs = ({ name, pat }: Chart): string => name ?? `Patient ${pat.slice(0, 8)}`;

/** How a chart is headed. */
export const headOf = (chart: Chart): string =>
  chart.isDirectory ? 'Directory' : `${whoseIs(chart)}${chart.sharedWithCarer ? ', who shares with you' : ''}`;

/**
 * Tells what did not fit, each sort once with its number; gives the exit code that belongs to it.
 */
export function tellProblems(io: Io, problems: readonly Problem[]): number {
  if (problems.length === 0) return 0;
  const { warn } = paint(io.stderr, io.env);
  io.stderr.write(`${warn(`${count(problems.length, 'thing does', 'things do')} not fit:`)}\n`);
  for (const { kind, what, times } of sorted(problems)) io.stderr.write(`  ${times} × ${what} (${kind})\n`);
  return 1;
}

/** Problems of one sort counted together, the most frequent first. */
export function sorted(problems: readonly Problem[]): { kind: Problem['kind']; what: string; times: number }[] {
  const counted = new Map<string, { kind: Problem['kind']; what: string; times: number }>();
  for (const { kind, what } of problems) {
    const known = counted.get(kind + what);
    if (known) known.times++;
    else counted.set(kind + what, { kind, what, times: 1 });
  }
  return [...counted.values()].sort((a, b) => b.times - a.times);
}

/** Nothing opened: said in one way, whatever there may be. A doctor without keys is told how to get them. */
export function tellNothing(io: Io, person: Person): void {
  const { keyring } = person;
  say(io, nothingOpens);
  if (keyring.card.kind !== 'doctor' || hasKey(person, io)) return;
  const had = numbersOf(keyring).some(({ doctorKeys }) => doctorKeys.length > 0) ? 'Your keys have ended' : 'You hold no keys yet';
  note(io, `${had}. Once you are approved, take them with: carelet keys take --as ${keyring.name}`);
}
