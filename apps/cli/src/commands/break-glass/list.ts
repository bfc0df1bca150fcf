/**
 * `carelet break-glass list`: whose glass was broken, by whom, why.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type BrokenGlass, brokenGlasses } from '@carelet/client/sharing/break-glass';
import { type Office, ownOffice } from '@carelet/client/sharing/office';
import { hex } from '@carelet/crypto/algebra/bytes';
import { command, common } from '../../command.ts';
import { enter, type Person } from '../../person.ts';
import { minuteOf, namesIn } from '../../receipts.ts';
import { paint, plainText, say } from '../../terminal.ts';

export const breakGlassList = command({
  name: 'break-glass list',
  group: 'sharing',
  summary: 'who said it was an emergency, and opened more than usual',
  options: { ...common.as('a patient, a hospital, its administrator or a doctor'), ...common.json, ...common.town, ...common.keyrings },
  more: 'A patient sees what was opened of hers, a hospital of what it wrote, a doctor what she opened. Why, the patient and the hospital read, and whoever signs for it as administrator.',
  examples: ['carelet break-glass list --as ada', 'carelet break-glass list --as northgate'],
  async run({ options, io }) {
    await using person = await enter(io, options, {
      op: 'list broken glasses',
      kinds: ['patient', 'organisation', 'doctor', 'administrator'],
    });
    const { authority, keyring } = person;
    const office = await byOffice(person);
    const looked = await Promise.all(person.byAll().map((acting) => brokenGlasses({ ...acting, clock: io.clock, ...office })));
    const broken = looked.flat().toSorted((a, b) => b.word.since - a.word.since);
    await person.keep();
    const nameOf = await namesIn(authority, keyring.manifest, keyring.card.id);
    if (options.json) {
      for (const one of broken) say(io, JSON.stringify(jsonOf(one, nameOf(one.word.doctor))));
      return 0;
    }
    if (broken.length === 0) {
      say(io, 'Nobody said that it was an emergency.');
      return 0;
    }
    const { bold, dim } = paint(io.stdout, io.env);
    for (const { word, reason, verdict, older } of broken) {
      const until = word.until * 1000 > io.clock() ? `open until ${minuteOf(word.until)} UTC` : `closed since ${minuteOf(word.until)} UTC`;
      say(io, `${bold(nameOf(word.doctor))} · ${minuteOf(word.since)} UTC, ${until} · ${dim(hex(word.number).slice(0, 8))}`);
      say(io, `  at ${nameOf(word.organisation)}, patient ${hex(word.pat).slice(0, 8)}`);
      if (reason !== null) say(io, `  “${plainText(reason.replaceAll('\n', ' '), 500)}”`);
      say(
        io,
        `  ${older ? 'the cloud shows an older word of the hospital than it did' : verdict === null ? 'the hospital has not looked at it yet' : words[verdict]}`,
      );
    }
    return 0;
  },
});

const words = {
  justified: 'the hospital says that it was justified',
  'not-justified': 'the hospital says that it was not justified',
} as const;

const jsonOf = ({ word, reason, verdict }: BrokenGlass, doctor: string) => ({
  number: hex(word.number),
  doctor,
  patient: hex(word.pat),
  since: new Date(word.since * 1000).toISOString(),
  until: new Date(word.until * 1000).toISOString(),
  parts: word.parts,
  reason,
  verdict,
});

/**
 * The one broken glass whose number begins so.
 *
 * @throws {CareletError} `missing` for none, `conflict` for several
 */
export function brokenCalled(broken: readonly BrokenGlass[], op: string, number: string): BrokenGlass {
  const wanted = number.trim().toLowerCase();
  const found = broken.filter(({ word }) => /^[0-9a-f]{4,32}$/.test(wanted) && hex(word.number).startsWith(wanted));
  const [first] = found;
  if (!first)
    throw new CareletError('missing', op, {
      subject: number,
      because: 'no glass was broken under this number (see "carelet break-glass list")',
    });
  if (found.length > 1) throw new CareletError('conflict', op, { subject: number, because: 'several begin so; give more of it' });
  return first;
}

/** An administrator looks by her office, everybody else by the card alone. */
export async function byOffice({ keyring, authority }: Pick<Person, 'keyring' | 'authority'>): Promise<{ office?: Office }> {
  if (keyring.card.kind !== 'administrator') return {};
  const office = await ownOffice(authority, keyring);
  if (!office) throw new CareletError('missing', 'list broken glasses', { because: 'your organisation keeps no records in this town' });
  return { office };
}
