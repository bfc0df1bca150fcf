/**
 * Units as files write them, for the signs that have a code.
 *
 * A word that is not here is not guessed at: the value is kept as it was printed, under its own name.
 *
 * @module
 */
import { type VitalSign, vitalSign } from '@carelet/care/model';

const words: Partial<Readonly<Record<VitalSign, Readonly<Record<string, string>>>>> = {
  'heart-rate': { 'count/min': '/min', 'beats/min': '/min', bpm: '/min' },
  'respiratory-rate': { 'count/min': '/min', 'breaths/min': '/min' },
  'blood-pressure': { mmHg: 'mm[Hg]' },
  'body-temperature': { degC: 'Cel', C: 'Cel', '°C': 'Cel', degF: '[degF]', F: '[degF]', '°F': '[degF]' },
  weight: { lb: '[lb_av]', lbs: '[lb_av]' },
  height: { in: '[in_i]', ft: '[ft_i]' },
  'body-mass-index': { count: 'kg/m2', 'kg/m^2': 'kg/m2' },
  steps: { count: '{steps}', steps: '{steps}' },
  glucose: { 'mmol<180.1558800000541>/L': 'mmol/L', 'mg/dl': 'mg/dL', 'mmol/l': 'mmol/L' },
  'blood-glucose': { 'mmol<180.1558800000541>/L': 'mmol/L', 'mg/dl': 'mg/dL', 'mmol/l': 'mmol/L' },
};

/** The UCUM code of a file's unit for a sign, one in which the sign may come; undefined for any other word. */
export function signUnit(sign: VitalSign, word: string): string | undefined {
  const known = words[sign];
  const code = known !== undefined && Object.hasOwn(known, word) ? known[word]! : word;
  const { ucum, others = [] } = vitalSign(sign);
  return code === ucum || others.some((other) => other.ucum === code) ? code : undefined;
}
