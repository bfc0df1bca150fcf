/**
 * `carelet limits`: whom a patient lets read nothing, and whether doctors read by their work or by her name for them only.
 *
 * @module
 */
import { limitsInWords, toFhirDenial } from '@carelet/care/rules/sharing/limits';
import type { ChartRef } from '@carelet/client/records/reader';
import { limitsOf, type OwnLimits, ownCharts } from '@carelet/client/sharing/limits';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { command, common } from '../../command.ts';
import { enter, type Person } from '../../person.ts';
import { namesIn } from '../../receipts.ts';
import { paint, plainText, say } from '../../terminal.ts';

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
      const words = limitsInWords({ byName: limits?.byName ?? false, denied: denied.map((doctor) => plainText(nameOf(doctor))) });
      say(io, `${bold(placeOf(person, chart))}: ${words}`);
      if (limits && limits.following !== 'follows') say(io, `  ${behind[limits.following]}`);
    }
    await keep();
    return 0;
  },
});

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
