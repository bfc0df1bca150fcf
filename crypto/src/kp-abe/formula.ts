/**
 * Policies as formulas: `or`, `and`, `k of (…)`, attributes, parentheses.
 *
 * Every gate is a threshold gate: `or` is 1 of n, `and` is n of n. There is no `not`: use explicit complementary
 * attributes (`sens:none`), and see kp-abe.md §7. `and` binds tighter than `or`; `print` writes every inner gate in
 * parentheses, so that nobody who signs a policy has to remember this.
 *
 * @module
 */
import { type Attribute, checkAttribute } from './attribute.ts';

/** A policy. A gate has at least two children and 1 ≤ k ≤ their number. */
export type Formula =
  | { readonly kind: 'attribute'; readonly attribute: Attribute }
  | { readonly kind: 'gate'; readonly k: number; readonly of: readonly Formula[] };

/** What a formula may not exceed: attributes counted with repetition, gates on one path, characters of its text. */
export const limits = { rows: 256, depth: 16, text: 100_000 } as const;

/**
 * Reads a formula.
 *
 * @throws {TypeError} saying what was expected and where, or which limit is exceeded
 *
 * @example
 * ```ts
 * import { parse, print, satisfies } from '@carelet/crypto/kp-abe/formula';
 * const policy = parse('role:cardio and (t:2026 or t:2025-12) and 2 of (a:1, b:1, c:1)');
 * satisfies(policy, ['role:cardio', 't:2026', 'a:1', 'c:1']); // true
 * print(policy); // 'role:cardio and (t:2026 or t:2025-12) and 2 of (a:1, b:1, c:1)'
 * ```
 */
export function parse(text: string): Formula {
  if (text.length > limits.text) throw new TypeError('formula too long');
  const tokens = [...text.matchAll(/[(),]|[^\s(),]+/gu)].map((match) => ({ word: match[0], at: match.index }));
  let next = 0;
  let nesting = 0;

  const wrong = (expected: string): TypeError => {
    const token = tokens[next];
    return new TypeError(`formula: expected ${expected}, found ${token ? `"${excerpt(token.word)}" at ${token.at}` : 'the end'}`);
  };
  const peek = (): string => tokens[next]?.word ?? '';
  const take = (word: string): void => {
    if (peek() !== word) throw wrong(`"${word}"`);
    next++;
  };
  const keyword = (word: string): boolean => {
    const found = peek().toLowerCase() === word;
    if (found) next++;
    return found;
  };
  const list = (item: () => Formula, more: () => boolean): Formula[] => {
    const items = [item()];
    while (more()) items.push(item());
    return items;
  };
  const inParentheses = <T>(read: () => T): T => {
    take('(');
    if (++nesting > limits.depth) throw new TypeError(`formula: nested deeper than ${limits.depth}`);
    const value = read();
    nesting--;
    take(')');
    return value;
  };

  const disjunction = (): Formula =>
    gate(
      1,
      list(conjunction, () => keyword('or')),
    );
  const conjunction = (): Formula => {
    const parts = list(primary, () => keyword('and'));
    return gate(parts.length, parts);
  };
  const primary = (): Formula => {
    const word = peek();
    if (word === '(') return inParentheses(disjunction);
    if (/^\d+$/.test(word)) return threshold();
    if (!word.includes(':')) throw wrong('an attribute name:value, "(" or a number');
    checkAttribute(word);
    next++;
    return { kind: 'attribute', attribute: word };
  };
  const threshold = (): Formula => {
    const k = Number(peek());
    next++;
    if (!keyword('of')) throw wrong('"of"');
    const children = inParentheses(() =>
      list(disjunction, () => {
        if (peek() !== ',') return false;
        next++;
        return true;
      }),
    );
    if (k < 1 || k > children.length) throw new TypeError(`formula: ${k} of ${children.length} cannot be`);
    return gate(k, children);
  };

  const formula = disjunction();
  if (next < tokens.length) throw wrong('"and", "or" or the end');
  checkFormula(formula);
  return formula;
}

/** A gate; of a single child, the child itself. */
function gate(k: number, of: readonly Formula[]): Formula {
  return of.length === 1 ? of[0]! : { kind: 'gate', k, of };
}

/** The canonical text: `parse(print(f))` equals `f`, and `print(parse(t))` is the same for every spelling of `t`. */
export function print(formula: Formula): string {
  if (formula.kind === 'attribute') return formula.attribute;
  const { k, of } = formula;
  if (k > 1 && k < of.length) return `${k} of (${of.map(print).join(', ')})`;
  const inner = (child: Formula): string => (isInfix(child) ? `(${print(child)})` : print(child));
  return of.map(inner).join(k === 1 ? ' or ' : ' and ');
}

const isInfix = (formula: Formula): boolean => formula.kind === 'gate' && (formula.k === 1 || formula.k === formula.of.length);

/**
 * Throws a TypeError unless the value is a formula within the limits: for formulas made by a program, not by `parse`.
 */
export function checkFormula(formula: Formula): void {
  let rows = 0;
  const visit = (node: Formula, depth: number): void => {
    if (node.kind === 'attribute') {
      checkAttribute(node.attribute);
      if (++rows > limits.rows) throw new TypeError(`formula: more than ${limits.rows} attributes`);
      return;
    }
    if (depth >= limits.depth) throw new TypeError(`formula: deeper than ${limits.depth} gates`);
    if (node.of.length < 2 || !Number.isInteger(node.k) || node.k < 1 || node.k > node.of.length)
      throw new TypeError('formula: a gate needs two or more children and 1 ≤ k ≤ their number');
    for (const child of node.of) visit(child, depth + 1);
  };
  visit(formula, 0);
}

/** Whether a set of attributes fulfils a formula. */
export function satisfies(formula: Formula, attributes: Iterable<Attribute>): boolean {
  const held = new Set(attributes);
  const holds = (node: Formula): boolean => (node.kind === 'attribute' ? held.has(node.attribute) : node.of.filter(holds).length >= node.k);
  return holds(formula);
}

/** The attributes a formula names, each once, in order of first appearance. */
export function attributesOf(formula: Formula): Attribute[] {
  const seen = new Set<Attribute>();
  const visit = (node: Formula): void => {
    if (node.kind === 'attribute') seen.add(node.attribute);
    else node.of.forEach(visit);
  };
  visit(formula);
  return [...seen];
}

const excerpt = (word: string): string => (word.length > 40 ? `${word.slice(0, 40)}…` : word);
