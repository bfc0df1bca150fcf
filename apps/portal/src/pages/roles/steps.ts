/**
 * A role from asking to a key, as a line of steps: what is done, what goes on now, what comes.
 *
 * @module
 */
import type { IssuerAnswer, RoleLine, RoleStep } from '../../house/roles.ts';

/** `away`: who did not answer, where it goes on without; `waits`: nothing goes on by itself until this happens. */
export type Lit = 'done' | 'now' | 'waits' | 'next' | 'away';

export type Step = { readonly key: string; readonly lit: Lit } & (
  | { readonly kind: 'asked'; readonly at: number; readonly specialty: string }
  | { readonly kind: 'signed'; readonly name: string; readonly organisation: string }
  | { readonly kind: 'unsigned'; readonly first: boolean }
  | { readonly kind: 'issuer'; readonly office: string | null; readonly issuer: number; readonly said: IssuerAnswer['said'] }
  /** Nobody of those who make it has answered, or too few. */
  | { readonly kind: 'issuers' }
  | { readonly kind: 'cloud' }
  | { readonly kind: 'clinic'; readonly clinic: string | null }
  | { readonly kind: 'checked' }
);

/** Where the taking of a role's key is: it goes on, it stopped and on whom it waits, or nothing goes on. */
export type Progress =
  | { readonly kind: 'going' }
  | { readonly kind: 'stopped'; readonly at: Extract<RoleStep, { kind: 'stopped' }>['at'] }
  | { readonly kind: 'none' };

/** What the last taking came to, for a role whose key is not here. */
export function progressOf(line: Pick<RoleLine, 'stand'>, taking: readonly RoleStep[], busy: boolean): Progress {
  if (line.stand !== 'ready') return { kind: 'none' };
  if (busy) return { kind: 'going' };
  const last = taking.at(-1);
  return last?.kind === 'stopped' ? { kind: 'stopped', at: last.at } : { kind: 'none' };
}

/**
 * The steps of a role.
 *
 * @param taking what has happened while keys were taken last
 * @param busy whether keys are being taken now
 */
export function stepsOf(line: RoleLine, taking: readonly RoleStep[], busy: boolean): Step[] {
  const steps: Step[] = [];
  if (line.asked) steps.push({ kind: 'asked', key: 'asked', lit: 'done', ...line.asked });
  for (const { name, organisation } of line.signers) {
    steps.push({ kind: 'signed', key: `signed ${name} ${organisation}`, lit: 'done', name, organisation });
  }
  const offices = new Set(line.signers.map(({ organisation }) => organisation)).size;
  for (let at = offices; at < line.needed; at++) {
    steps.push({ kind: 'unsigned', key: `unsigned ${at}`, lit: at === offices ? 'waits' : 'next', first: at === 0 });
  }
  const isHere = line.stand === 'taken' || (line.stand === 'ended' && line.issued !== null);
  const mine = taking.filter((step) => 'role' in step && step.role === line.id && !('emergency' in step && step.emergency));
  const has = (kind: RoleStep['kind']) => isHere || (line.stand === 'ready' && mine.some((step) => step.kind === kind));
  let going = line.stand === 'ready' && busy;
  /** The first that is not done goes on now, if anything does. */
  const lit = (done: boolean): Lit => {
    if (done) return 'done';
    const now = going;
    going = false;
    return now ? 'now' : 'next';
  };

  const answers = answersOf(line, mine);
  for (const { issuer, said } of answers) {
    steps.push({
      kind: 'issuer',
      key: `issuer ${issuer}`,
      lit: said === 'made' ? 'done' : 'away',
      office: line.offices[issuer] ?? null,
      issuer,
      said,
    });
  }
  if (answers.filter(({ said }) => said === 'made').length < 2 && !isHere) steps.push({ kind: 'issuers', key: 'issuers', lit: lit(false) });
  const clinic = mine.findLast((step) => step.kind === 'clinic');
  steps.push({ kind: 'cloud', key: 'cloud', lit: lit(has('cloud')) });
  steps.push({ kind: 'clinic', key: 'clinic', lit: lit(has('clinic')), clinic: line.clinic ?? clinic?.clinic ?? null });
  steps.push({ kind: 'checked', key: 'checked', lit: lit(has('checked')) });
  return steps;
}

/** What each issuer answered: as it came while keys were taken, else as the authority tells it. */
function answersOf(line: RoleLine, mine: readonly RoleStep[]): IssuerAnswer[] {
  if (line.stand === 'asked' || line.stand === 'signed') return [];
  const said = new Map(line.answers.map((answer) => [answer.issuer, answer]));
  for (const step of mine) if (step.kind === 'issuer') said.set(step.issuer, step);
  return [...said.values()].sort((a, b) => a.issuer - b.issuer).map(({ issuer, said: how }) => ({ issuer, said: how }));
}
