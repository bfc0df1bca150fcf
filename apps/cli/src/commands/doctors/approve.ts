/**
 * `carelet doctors approve`: an administrator signs what a doctor's key may open.
 *
 * @module
 */

import { CareletError, confidentialities, kinds, parts, sensitivities } from '@carelet/care/model';
import { addDays, dayOf, spanOf } from '@carelet/care/rules/records';
import { checkUnit } from '@carelet/care/rules/sharing/attributes';
import { inWords, type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { changeInWords, type Line, policyChange } from '@carelet/care/rules/sharing/policy-change';
import { linesBeside, type TemplateName, templateFor, templateNames, templates } from '@carelet/care/rules/sharing/templates';
import { approve, endReplaced, registeredCard, signedAt } from '@carelet/client/enrolment';
import { hex } from '@carelet/crypto/algebra/bytes';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { holdersFor } from '../../cloudlets.ts';
import { command, common, listed, oneOf, UsageError } from '../../command.ts';
import { enter } from '../../person.ts';
import { agreed, count, plainText, say } from '../../terminal.ts';
import { findDoctor, findOrganisation, type RegisteredDoctor } from '../../who.ts';

/** A key lasts so many days unless told; a quarter is the longest. */
const usualDays = 90;

type SignedPolicy = RegisteredDoctor['policies'][number];

export const doctorsApprove = command({
  name: 'doctors approve',
  group: 'doctors and their keys',
  summary: "sign what a doctor's key may open at one organisation",
  takes: [{ name: 'doctor', says: "name, certificate, or the beginning of the card's number" }],
  options: {
    ...common.as('an administrator'),
    at: { type: 'text', value: 'organisation', says: 'whose records, by name', required: true },
    unit: { type: 'text', value: 'unit', says: 'only what this department or ward wrote, as in cardio or cardio/icu (usual: all of it)' },
    template: {
      type: 'text',
      value: 'specialty',
      says: 'begin with what this specialty usually needs (carelet doctors templates); what is said beside it goes before it',
    },
    kinds: { type: 'text', value: 'kinds', says: 'kinds of records between commas, or all' },
    parts: { type: 'text', value: 'parts', says: 'MI (medical content), QID (birth date, sex, town), EID (name, address)' },
    patients: {
      type: 'text',
      value: 'who',
      says: 'pseudonyms of charts between commas, or everyone (usual: everyone, with --by-name nobody else)',
    },
    'by-name': { type: 'text', value: 'charts', says: 'pseudonyms of charts that are open to named doctors, for which she is named' },
    sensitivity: {
      type: 'text',
      value: 'groups',
      says: `none, or groups for named patients: ${sensitivities.slice(1).join(', ')} (usual: none)`,
    },
    confidentiality: { type: 'text', value: 'levels', says: 'N normal, R restricted, V very restricted (usual: N)' },
    from: { type: 'text', value: 'day', says: 'first day of the records (usual: from the beginning)' },
    until: { type: 'text', value: 'day', says: `last day of the key, a quarter ahead at most (usual: in ${usualDays} days)` },
    'break-glass': { type: 'flag', says: 'she may break the glass: in an emergency, for hours, open what is not especially sensitive' },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: `Two administrators of two organisations have to sign the very same policy; the first sees how many are still needed. What it opens more and less than what was signed before is said beside it. Compare the fingerprint with the doctor, in person or by telephone: it is what the key will be locked to.

Kinds: ${kinds.join(', ')}.`,
  examples: [
    'carelet doctors approve chen --as mara --at "Northgate Hospital" --template cardiology',
    'carelet doctors approve chen --as mara --at "Northgate Hospital" --kinds vital-signs,laboratory --parts MI,QID --patients 8c1f…',
  ],
  async run({ options, given, io }) {
    const op = 'approve doctor';
    const today = dayOf(io.clock());
    const until = day('until', options.until ?? addDays(today, usualDays));
    const [template] = options.template === undefined ? [] : oneOf('template', options.template, templateNames);
    const usual = template && templates[template];
    const [namedKinds, namedParts] = [options.kinds ?? usual?.kinds.join(), options.parts ?? usual?.parts.join()];
    if (namedKinds === undefined || namedParts === undefined) {
      const missing = [...(namedKinds === undefined ? ['--kinds'] : []), ...(namedParts === undefined ? ['--parts'] : [])];
      const them = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
      throw new UsageError(`doctors approve: ${them}; or begin with a template: --template ${templateNames.join('|')}.`);
    }
    const policyOf = (unit: string): Policy => ({
      parts: oneOf('parts', namedParts, parts),
      kinds: namedKinds === 'all' ? kinds : oneOf('kinds', namedKinds, kinds),
      confidentiality: oneOf('confidentiality', options.confidentiality ?? usual?.confidentiality.join() ?? 'N', confidentialities),
      sensitivity: oneOf('sensitivity', options.sensitivity ?? usual?.sensitivity.join() ?? 'none', sensitivities),
      patients: options.patients === undefined && options['by-name'] !== undefined ? [] : patientsOf(options.patients ?? 'everyone'),
      unit,
      from: options.from === undefined || options.from === 'beginning' ? 'beginning' : day('from', options.from),
      until,
      ...(options['break-glass'] && { breakGlass: true as const }),
      ...(options['by-name'] !== undefined && { named: pseudonymsOf('by-name', options['by-name']) }),
    });
    if (options.unit !== undefined) checkUnit(options.unit, op);
    policyOf(''); // what is mistyped is told before anything is unlocked
    await using person = await enter(io, options, { op, kinds: ['administrator'] });
    await person.keep();
    const place = findOrganisation(person.keyring.manifest, options.at);
    const policy = policyOf([hex(place.organisation), ...(options.unit === undefined ? [] : [options.unit])].join('/'));
    const doctor = await findDoctor(person.authority, given[0]!, place.name);
    const { name, certificate, specialty, organisation } = doctor;
    const card = registeredCard(doctor, Math.floor(io.clock() / 1000));
    if (!card) {
      throw new CareletError('tampered', op, {
        subject: name,
        because: 'the card that came from the authority is not of the keys that registered',
      });
    }

    say(io, `${plainText(name)}, ${plainText(specialty)} at ${plainText(organisation)}, certificate ${plainText(certificate)}`);
    say(io, `  fingerprint  ${fingerprint(card)}`);
    say(io, `  may open at ${place.name}: ${inWords(policy)}`);
    const itsTemplate = templateFor(specialty);
    if (itsTemplate !== 'general' || template !== undefined) say(io, `  ${besideTemplate(policy, itsTemplate)}`);
    const signed = signedAt(doctor.policies, place.organisation, doctor.needed);
    for (const line of insteadOf(policy, signed, { own: hex(person.keyring.card.id), today })) say(io, `  ${line}`);
    if (!options.yes && !(await agreed(io, 'Have you compared the fingerprint, and do you sign this?'))) {
      say(io, 'Nothing was signed.');
      return 1;
    }
    const now = Math.floor(io.clock() / 1000);
    const { approvals, needed, replaces } = await approve(person.authority, person.keyring, card, policy, now);
    if (replaces !== null) {
      await endReplaced(person, holdersFor(person, io), { doctor: card.id, organisation: place.organisation, issued: replaces }, now);
    }
    const missing = needed - approvals;
    if (missing <= 0) {
      say(io, `Signed. That makes ${approvals} of ${needed}: the key is ready for ${plainText(name)} to take.`);
      if (replaces !== null) say(io, 'The key for what was approved before opens nothing any more.');
      return 0;
    }
    const more =
      missing === 1 ? 'one more administrator of another organisation has' : `${missing} more administrators of other organisations have`;
    say(io, `Signed. That makes ${approvals} of ${needed}: ${more} to sign the same, until ${until}.`);
    return 0;
  },
});

/** How a policy stands to the template of the doctor's specialty. */
function besideTemplate(policy: Policy, template: TemplateName): string {
  const lines = linesBeside(policy, template).map((line) => optionOf[line]);
  const which = template === 'general' ? 'the general template, as the specialty has none of its own' : `the template for ${template}`;
  if (lines.length === 0) return `the same as ${which}`;
  return `${count(lines.length, 'line')} other than ${which}: ${lines.join(', ')}`;
}

/** What the lines of a policy are called here. */
const optionOf = {
  ...{ parts: 'parts', kinds: 'kinds', confidentiality: 'confidentiality', sensitivity: 'sensitivity', patients: 'patients', unit: 'unit' },
  ...{ from: 'from', until: 'until', breakGlass: 'break-glass', named: 'by-name' },
} as const satisfies Record<Line, string>;

/** How a policy stands to what was signed for the same doctor at the same place: what it takes the place of, and what others wait for. */
function insteadOf(
  policy: Policy,
  { counting, waiting }: { readonly counting: SignedPolicy | undefined; readonly waiting: readonly SignedPolicy[] },
  { own, today }: { readonly own: string; readonly today: string },
): string[] {
  const isSame = (one: SignedPolicy) => policyText(one.policy) === policyText(policy);
  const change = (one: SignedPolicy) => changeInWords(policyChange(one.policy, policy));
  const told = (one: SignedPolicy) => {
    const isOwn = one.signers.every(({ administrator }) => administrator === own);
    if (isOwn) return isSame(one) ? 'the same as you signed already' : `instead of what you signed, and nobody else: ${change(one)}`;
    const signers = one.approvals.map((name) => plainText(name)).join(', ');
    return isSame(one) ? `the same as was signed by ${signers}` : `not the same as was signed by ${signers}: ${change(one)}`;
  };
  return [
    ...(counting === undefined
      ? []
      : isSame(counting)
        ? ['the same as what counts already']
        : [
            `instead of ${counting.policy.until < today ? `what ended on ${counting.policy.until}` : 'what counts so far'}: ${change(counting)}`,
          ]),
    ...waiting.map(told),
  ];
}

function day(option: string, text: string): string {
  if (spanOf(text) !== 'day') throw new UsageError(`--${option}: "${text}" is no day like 2026-11-20.`);
  return text;
}

const patientsOf = (text: string): Policy['patients'] => (text === 'everyone' ? text : pseudonymsOf('patients', text));

function pseudonymsOf(option: string, text: string): string[] {
  const pseudonyms = listed(text);
  const strange = pseudonyms.find((one) => !/^[0-9a-f]{32}$/.test(one));
  if (strange !== undefined || pseudonyms.length === 0) {
    throw new UsageError(
      `--${option}: "${strange ?? text}" is no pseudonym of 32 digits; the organisation sees them with: carelet records list.`,
    );
  }
  return pseudonyms;
}
