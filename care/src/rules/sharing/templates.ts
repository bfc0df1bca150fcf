/**
 * Templates: what a doctor of a specialty usually opens at one organisation. A role begins with one and changes single lines of it.
 *
 * A template gives nobody anything: administrators sign a policy, line by line, and whoever begins with a template signs what came of it.
 *
 * @module
 */
import { type Kind, kinds } from '../../model/index.ts';
import type { Policy } from './policy.ts';
import { type Line, linesOf, policyChange } from './policy-change.ts';

/** A policy without its place and its days. */
export type Template = Pick<Policy, 'parts' | 'kinds' | 'confidentiality' | 'sensitivity' | 'patients' | 'from'>;

/** What every doctor begins with. */
const clinical = [
  'vital-signs',
  'waveforms',
  'laboratory',
  'conditions',
  'allergies',
  'medications',
  'encounters',
  'notes',
  'directory',
] as const satisfies readonly Kind[];

const withKinds = (...beside: readonly Kind[]): Template => ({
  parts: ['EID', 'QID', 'MI'],
  kinds: kinds.filter((kind) => (clinical as readonly Kind[]).includes(kind) || beside.includes(kind)),
  confidentiality: ['N'],
  sensitivity: ['none'],
  patients: 'everyone',
  from: 'beginning',
});

/** By the word for the specialty; `general` is for every other. */
export const templates = {
  general: withKinds(),
  cardiology: withKinds('imaging', 'procedures', 'devices'),
  emergency: withKinds('imaging', 'immunizations', 'procedures', 'devices'),
  'family-medicine': withKinds('imaging', 'immunizations', 'procedures', 'plans', 'social-history', 'survey'),
  hepatology: withKinds('imaging', 'procedures'),
  'infectious-diseases': withKinds('immunizations', 'procedures'),
  obstetrics: withKinds('imaging', 'immunizations', 'procedures', 'plans'),
  paediatrics: withKinds('immunizations', 'plans', 'survey'),
  psychiatry: withKinds('plans', 'social-history', 'survey'),
  pulmonology: withKinds('imaging', 'procedures', 'devices'),
} as const satisfies Readonly<Record<string, Template>>;

export type TemplateName = keyof typeof templates;
export const templateNames = Object.keys(templates) as readonly TemplateName[];

/**
 * The template of a specialty as a doctor writes it: `general` where it has none of its own.
 *
 * @example
 * ```ts
 * import { templateFor } from '@carelet/care/rules/sharing/templates';
 * templateFor('Family medicine'); // 'family-medicine'
 * ```
 */
export function templateFor(specialty: string): TemplateName {
  const word = specialty.trim().toLowerCase().replaceAll(/\s+/g, '-');
  return templateNames.find((name) => name === word) ?? 'general';
}

/** The lines in which a policy is another than a template; its place and its days are nobody's template. */
export const linesBeside = (policy: Policy, name: TemplateName): Line[] =>
  linesOf(policyChange({ ...templates[name], unit: policy.unit, until: policy.until }, policy));
