/**
 * `carelet wearable urgency`: what a wearable calls urgent; its owner may say it otherwise.
 *
 * @module
 */
import { CareletError, type VitalSign, vitalSign, vitalSigns } from '@carelet/care/model';
import { type UrgencyLimits, type UrgencyPolicy, usualUrgency } from '@carelet/care/rules/relay/urgency';
import type { Band } from '@carelet/care/rules/vitals/vitals';
import { owns, signUrgency, takeUrgency } from '@carelet/client/session/urgency';
import { urgencyPolicyOf } from '@carelet/client/session/wearable';
import { command, common, UsageError } from '../../command.ts';
import { enter } from '../../person.ts';
import { say } from '../../terminal.ts';
import { wear } from '../../wearables.ts';

export const wearableUrgency = command({
  name: 'wearable urgency',
  group: 'wearables',
  summary: 'show what a wearable calls urgent, or as its owner say it otherwise',
  options: {
    name: { type: 'text', value: 'name', says: 'which wearable', required: true },
    as: { type: 'text', value: 'name', says: 'the patient who wears it, to change something' },
    emergency: { type: 'text', value: 'limits', says: 'somebody is called at or beyond them, as in heart-rate:40-131' },
    usual: { type: 'text', value: 'limits', says: 'outside of them it goes within ten seconds, as in heart-rate:51-90' },
    alike: { type: 'flag', says: 'everything goes as monitoring: not even the clinic is told what is urgent' },
    reset: { type: 'flag', says: "an adult's usual limits" },
    ...common.town,
    ...common.keyrings,
  },
  more: `An emergency is sealed by itself, goes before all others and is kept until the cloud has it; the clinic's box is told that it is one, the cloud is not. Limits are signed by whoever wears the device: nobody at the clinic can widen them.

Several limits are separated by commas; a side may be left out (oxygen-saturation:91-), the two numbers of a blood pressure are separated by a slash (blood-pressure:90-220/-121). The usual limits are those of the Early Warning Score for adults (NEWS2).`,
  examples: [
    'carelet wearable urgency --name ada-watch',
    'carelet wearable urgency --name ada-watch --as ada --emergency heart-rate:45-140,oxygen-saturation:88-',
    'carelet wearable urgency --name ada-watch --as ada --alike',
  ],
  async run({ options, io }) {
    const { alike, reset, emergency, usual } = options;
    const changes = alike || reset || emergency !== undefined || usual !== undefined;
    if (alike && (reset || emergency !== undefined || usual !== undefined)) throw new UsageError('--alike has no limits beside it.');
    if (changes && options.as === undefined) throw new UsageError('--as: whose wearable is it? Only who wears it says what is urgent.');
    await using worn = await wear(io, options, options.name);
    const { wearable } = worn;
    if (changes) {
      const before = reset ? usualUrgency() : urgencyPolicyOf(wearable);
      const policy: UrgencyPolicy = alike ? { kind: 'alike' } : changed(before, { emergency, usual });
      await using person = await enter(io, { ...options, as: options.as! }, { op: 'change urgency', kinds: ['patient'], writes: false });
      if (!owns(person.keyring, wearable)) {
        throw new CareletError('denied', 'change urgency', { subject: wearable.name, because: `it is not ${person.keyring.title}'s` });
      }
      takeUrgency(wearable, signUrgency(person.keyring, wearable.card.id, policy, wearable.urgency));
      await worn.save();
    }
    for (const line of told(urgencyPolicyOf(wearable))) say(io, line);
    return 0;
  },
});

/** A line for each number of each sign. */
function told(policy: UrgencyPolicy): string[] {
  if (policy.kind === 'alike') return ['Everything is monitoring: it goes within ten seconds, and nothing overtakes.'];
  const lines = (Object.keys(vitalSigns) as VitalSign[]).flatMap((sign) =>
    (policy.signs[sign] ?? []).map((limit, i) => {
      const { display } = vitalSign(sign).measures[i]!;
      const { unit } = vitalSign(sign);
      return `${display}: emergency ${inWords(limit.emergency, unit, ['at or below', 'at or above'])}; usual ${inWords(limit.usual, unit, ['from', 'to'])}`;
    }),
  );
  return lines.length > 0 ? lines : ['Everything is routine.'];
}

function inWords(band: Band | undefined, unit: string, [low, high]: readonly [string, string]): string {
  const sides = [...(band?.low !== undefined ? [`${low} ${band.low}`] : []), ...(band?.high !== undefined ? [`${high} ${band.high}`] : [])];
  return sides.length === 0 ? 'never said' : `${sides.join(low === 'from' ? ' ' : ', ')} ${unit}`;
}

function changed(
  before: UrgencyPolicy,
  texts: { readonly emergency: string | undefined; readonly usual: string | undefined },
): UrgencyPolicy {
  const signs: { [S in VitalSign]?: UrgencyLimits[] } = {};
  if (before.kind === 'limits') for (const [sign, limits] of Object.entries(before.signs)) signs[sign as VitalSign] = [...limits];
  for (const name of ['emergency', 'usual'] as const) {
    for (const [sign, bands] of limitsIn(name, texts[name])) {
      const known = signs[sign] ?? vitalSign(sign).measures.map(() => ({}));
      signs[sign] = bands.map((band, i) => ({ ...known[i], [name]: band }));
    }
  }
  return { kind: 'limits', signs };
}

/** `heart-rate:40-131,blood-pressure:90-220/-121` */
function limitsIn(option: string, text: string | undefined): [VitalSign, Band[]][] {
  if (text === undefined) return [];
  return text.split(',').map((one) => {
    const [sign = '', numbers = '', ...more] = one.trim().split(':');
    if (!Object.hasOwn(vitalSigns, sign)) {
      throw new UsageError(`--${option}: there is no vital sign "${sign}"; there are ${Object.keys(vitalSigns).join(', ')}.`);
    }
    const { measures } = vitalSign(sign as VitalSign);
    const bands = numbers.split('/').map((span) => bandOf(option, one, span));
    if (more.length > 0 || bands.length < measures.filter(({ optional }) => !optional).length || bands.length > measures.length) {
      throw new UsageError(`--${option}: ${sign} wants limits for ${measures.map(({ display }) => display).join(' / ')}.`);
    }
    return [sign as VitalSign, bands];
  });
}

function bandOf(option: string, one: string, span: string): Band {
  const found = /^(\d+(?:\.\d+)?)?-(\d+(?:\.\d+)?)?$/.exec(span);
  if (!found) throw new UsageError(`--${option}: "${one}" is no limit; try heart-rate:40-131.`);
  const [, low, high] = found;
  return { ...(low !== undefined && { low: Number(low) }), ...(high !== undefined && { high: Number(high) }) };
}
