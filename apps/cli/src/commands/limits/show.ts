/**
 * `carelet limits`: whom a patient lets read nothing, and whether doctors read by their work or by her name for them only.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { limitsInWords, toFhirDenial } from '@carelet/care/rules/sharing/limits';
import type { ChartRef } from '@carelet/client/records/reader';
import { deniedInPart, limitsOf, type OwnLimits, ownCharts } from '@carelet/client/sharing/limits';
import { listedBy } from '@carelet/client/sharing/people';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { command, common } from '../../command.ts';
import type { Io } from '../../io.ts';
import { enter, type Person } from '../../person.ts';
import { namesIn } from '../../receipts.ts';
import { note, paint, plainText, say } from '../../terminal.ts';

export const limitsShow = command({
  name: 'limits',
  group: 'sharing',
  summary: 'who reads nothing of yours, whatever their work, and who has to be named',
  options: { ...common.as('the patient'), ...common.json, ...common.town, ...common.keyrings },
  more: 'Doctors of a hospital where you were treated read there by their work. You can say: not this doctor (carelet limits deny), and: only doctors who are named for you (carelet limits by-name). With --json, each denial is a FHIR Consent.',
  examples: ['carelet limits --as ada'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'list limits', kinds: ['patient'] });
    const { keyring, cloud, authority, keep } = person;
    const nameOf = await namesIn(authority, keyring.manifest, keyring.card.id);
    const { bold } = paint(io.stdout, io.env);
    for (const chart of await ownCharts(person)) {
      const limits = await limitsOf({ keyring, cloud, clock: io.clock }, chart);
      const denied = limits?.denied ?? [];
      if (options.json) {
        for (const doctor of denied) say(io, JSON.stringify(denialOf(person, chart, limits!, doctor, nameOf(doctor))));
        continue;
      }
      // By each of her numbers she is one.
      const names = [...new Set(denied.map((doctor) => plainText(nameOf(doctor))))];
      const words = limitsInWords({ byName: limits?.byName ?? false, denied: names });
      say(io, `${bold(placeOf(person, chart))}: ${words}`);
      if (limits && limits.following !== 'follows') say(io, `  ${behind[limits.following]}`);
    }
    await tellInPart(person, io);
    await keep();
    return 0;
  },
});

/** Says whom one denies by some of her numbers only, or of some charts only, and how the rest is said; the cloud's lies are told elsewhere. */
export async function tellInPart({ keyring, cloud, authority }: Person, io: Io): Promise<void> {
  const some = await deniedInPart({ keyring, cloud, directory: listedBy(authority), clock: io.clock }).catch((thrown: unknown) => {
    if (!(thrown instanceof CareletError)) throw thrown;
    return [];
  });
  for (const { name, ids, free } of some) {
    if (name === null) continue;
    const places = free.map(({ organisation }) => plainText(organisation)).join(' and ');
    const why =
      free.length > 0
        ? `${plainText(name)} works at ${places} too, by a number you have not denied`
        : `${plainText(name)} is not denied every chart of yours by every number`;
    note(io, `${why}: carelet limits deny ${(free[0]?.id ?? ids[0]!).slice(0, 8)} --as ${keyring.name}`);
  }
}

const behind = {
  waits: 'It locks by this from the next records it writes; the cloud obeys already.',
  late: 'It has not said for a day that it locks by this. If it wrote meanwhile (carelet receipts list), the cloud kept your word from it.',
} as const;

/** The name of whoever writes a chart. */
export const placeOf = ({ keyring }: Person, { writer }: Pick<ChartRef, 'writer'>): string =>
  plainText(keyring.manifest.domains.find(({ organisation }) => equalPublic(organisation, writer))?.name ?? 'A hospital');

const denialOf = ({ keyring }: Person, { pat }: ChartRef, { time }: OwnLimits, doctor: Uint8Array, doctorName: string) =>
  toFhirDenial({
    patient: hex(keyring.card.id),
    doctor: hex(doctor),
    doctorName,
    chart: hex(pat),
    given: new Date(time * 1000).toISOString(),
  });
