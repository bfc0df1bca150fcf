/**
 * The policy that a choice in a form stands for.
 *
 * @module
 */
import { kinds, parts } from '@carelet/care/model';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import type { PolicyChoice } from '../house/admin.ts';

/**
 * What a choice means: what no form asks is as in the rule it began with, and of a rule that begins here ordinary content of
 * everyone, from the beginning on.
 *
 * @param unit whose records, as a policy names it, where the choice began with nobody's rule
 */
export function policyOfChoice(
  { kinds: wanted, identity, until, breakGlass, as }: Omit<PolicyChoice, 'organisation'>,
  unit: string,
): Policy {
  const usual = { parts: ['MI'], confidentiality: ['N'], sensitivity: ['none'], patients: 'everyone', unit, from: 'beginning' } as const;
  const { breakGlass: _, ...began }: Omit<Policy, 'kinds' | 'until'> = as ?? usual;
  return {
    ...began,
    parts: partsWith(began.parts, identity),
    kinds: kinds.filter((kind) => wanted.includes(kind)),
    until,
    ...(breakGlass && { breakGlass: true }),
  };
}

/** Whether a rule opens names and addresses, as a form asks it. */
export const opensIdentity = (of: Policy['parts']): boolean => of.includes('EID');

function partsWith(before: Policy['parts'], identity: boolean): Policy['parts'] {
  if (opensIdentity(before) === identity) return before;
  return identity ? parts.filter((part) => part !== 'MI' || before.includes(part)) : ['MI'];
}
