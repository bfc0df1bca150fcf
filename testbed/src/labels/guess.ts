/**
 * Guessing, and whether it was luck: classifiers that learn from one hospital and guess at another, judged by how often they would
 * be as right if nothing were to be learnt.
 *
 * Many ways are tried and the best one counts, so luck is given as many tries: the truth is dealt anew, and the best of all ways is
 * counted again (Westfall and Young's max-T). Luck comes in more than one kind. Who tells seven specialties apart without knowing which is
 * which may hit on several names at once; so the truth is dealt anew in each way that could have been, and the luckiest way counts.
 *
 * @module
 */
import type { Chance } from '../days/chance.ts';

/** Somebody of whom something is to be guessed, as an observer sees him. */
export type Seen = {
  readonly numbers: Readonly<Record<string, number>>;
  /** What can be seen on him, by where it was seen. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
};

/** One way of guessing: for each of those seen, which of the answers. */
export type Way = { readonly name: string; readonly guesses: readonly number[] };

/** How well an observer guessed. */
export type Guessed = {
  readonly of: number;
  /** Right, when the answer that is commonest where he learnt is always given. */
  readonly commonest: number;
  /** Right, by the best way of all. */
  readonly best: number;
  readonly way: string;
  /** How many the best way gets right by luck in one of a thousand towns. */
  readonly luck: number;
  /** How often luck is as right. */
  readonly p: number;
  /** How many ways were tried. */
  readonly ways: number;
};

/** From here on it is no luck: once in a thousand towns it would be. */
export const noLuck = 0.001;

const deals = 9999;

/**
 * Judges ways of guessing.
 *
 * @param truth the right answers
 * @param dealt the right answers once more, as they could as well have been: one function for each kind of luck
 */
export function judge(
  ways: readonly Way[],
  commonest: number,
  truth: readonly number[],
  dealt: readonly (() => readonly number[])[],
): Guessed {
  const different = [...new Map(ways.map((way) => [way.guesses.join(), way])).values()];
  const right = ({ guesses }: Way, answers: readonly number[]) => guesses.reduce((sum, guess, i) => sum + Number(guess === answers[i]), 0);
  const bestOf = (answers: readonly number[]) => Math.max(0, ...different.map((way) => right(way, answers)));
  const best = bestOf(truth);
  const kinds = dealt.map((deal) => {
    const luck = Array.from({ length: deals }, () => bestOf(deal())).sort((a, b) => a - b);
    return {
      luck: luck[Math.ceil(luck.length * (1 - noLuck)) - 1]!,
      p: (1 + luck.filter((count) => count >= best).length) / (1 + deals),
    };
  });
  return {
    of: truth.length,
    commonest: truth.filter((answer) => answer === commonest).length,
    best,
    way: different.find((way) => right(way, truth) === best)?.name ?? 'none',
    luck: Math.max(...kinds.map(({ luck }) => luck)),
    p: Math.max(...kinds.map(({ p }) => p)),
    ways: ways.length,
  };
}

/** The same answers under other names. */
export function renamed(answers: readonly number[], names: number, chance: Chance): number[] {
  const anew = shuffle([...Array(names).keys()], chance);
  return answers.map((answer) => anew[answer]!);
}

/** A shuffled copy. */
export function shuffle<T>(items: readonly T[], chance: Chance): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = chance.whole(0, i);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/** The answer that is given most often. */
export function commonestOf(answers: readonly number[]): number {
  const counts = countsOf(answers);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

const countsOf = <T>(items: readonly T[]): Map<T, number> => {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};

/**
 * Every way there is: each number alone, all numbers by nearest neighbours, and, place by place, what can be seen
 * there by how often it goes with an answer.
 *
 * @param known those of whom the observer knows the answers
 * @param truth their answers
 */
export function waysOf(known: readonly Seen[], truth: readonly number[], others: readonly Seen[]): Way[] {
  const names = [...new Set([...known, ...others].flatMap(({ numbers }) => Object.keys(numbers)))];
  // Each measured against its own hospital: one may be twice as large as the other.
  const [learnt, met] = [standardised(known, names), standardised(others, names)];
  const alone = names.map((name, i) => ({ name, guesses: byMiddle(column(learnt, i), truth, column(met, i)) }));
  const near = [1, 3, 7].map((k) => ({ name: `the ${k} most like`, guesses: met.map((one) => nearest(learnt, truth, one, k)) }));
  const places = [...new Set([...known, ...others].flatMap(({ tokens }) => Object.keys(tokens)))];
  const on = (seen: readonly Seen[], place: string) => seen.map(({ tokens }) => new Set(tokens[place]));
  const together = places.map((place) => ({ name: place, guesses: byTokens(on(known, place), truth, on(others, place)) }));
  return [...alone, ...near, ...together];
}

const column = (rows: readonly (readonly number[])[], i: number): number[] => rows.map((row) => row[i]!);

function standardised(seen: readonly Seen[], names: readonly string[]): number[][] {
  const rows = seen.map(({ numbers }) => names.map((name) => numbers[name] ?? 0));
  const scales = names.map((_, i) => {
    const values = column(rows, i);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return { mean, spread };
  });
  return rows.map((row) => row.map((value, i) => (scales[i]!.spread > 0 ? (value - scales[i]!.mean) / scales[i]!.spread : 0)));
}

/** The answer whose middle is nearest. */
function byMiddle(learnt: readonly number[], truth: readonly number[], met: readonly number[]): number[] {
  const middles = [...countsOf(truth)].map(([answer, count]) => ({
    answer,
    middle: learnt.reduce((sum, value, i) => sum + (truth[i] === answer ? value : 0), 0) / count,
  }));
  return met.map((value) => middles.reduce((a, b) => (Math.abs(b.middle - value) < Math.abs(a.middle - value) ? b : a)).answer);
}

function nearest(learnt: readonly (readonly number[])[], truth: readonly number[], one: readonly number[], k: number): number {
  const distances = learnt.map((other, i) => ({
    answer: truth[i]!,
    far: other.reduce((sum, value, j) => sum + (value - one[j]!) ** 2, 0),
  }));
  return commonestOf(
    distances
      .sort((a, b) => a.far - b.far)
      .slice(0, k)
      .map(({ answer }) => answer),
  );
}

/** Naive Bayes over whether something is there that is seen at both hospitals: what is seen at one only says nothing of the other. */
function byTokens(known: readonly ReadonlySet<string>[], truth: readonly number[], others: readonly ReadonlySet<string>[]): number[] {
  const answers = [...countsOf(truth)];
  const elsewhere = new Set(others.flatMap((tokens) => [...tokens]));
  const having = new Map<string, Map<number, number>>();
  for (const [i, tokens] of known.entries()) {
    for (const token of tokens) {
      if (!elsewhere.has(token)) continue;
      const counts = having.get(token) ?? new Map<number, number>();
      counts.set(truth[i]!, (counts.get(truth[i]!) ?? 0) + 1);
      having.set(token, counts);
    }
  }
  return others.map((there) => {
    let best = { answer: answers[0]![0], score: Number.NEGATIVE_INFINITY };
    for (const [answer, count] of answers) {
      let score = Math.log(count / truth.length);
      for (const [token, counts] of having) {
        const share = ((counts.get(answer) ?? 0) + 0.5) / (count + 1);
        score += Math.log(there.has(token) ? share : 1 - share);
      }
      if (score > best.score) best = { answer, score };
    }
    return best.answer;
  });
}
