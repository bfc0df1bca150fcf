import { expect, test } from 'vitest';
import { chanceOf } from '../days/chance.ts';
import { commonestOf, judge, noLuck, renamed, type Seen, shuffle, waysOf } from './guess.ts';

const chance = chanceOf('guesses');
const many = 42;
const names = 7;
const truth = () =>
  shuffle(
    Array.from({ length: many }, (_, i) => i % names),
    chance,
  );

/** Noise, and whatever else is told of an answer. */
const seen = (answers: readonly number[], tell: (answer: number) => Partial<Seen>): Seen[] =>
  answers.map((answer) => {
    const noise = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`noise ${i}`, chance.unit()]));
    const { numbers, tokens } = tell(answer);
    return { numbers: { ...noise, ...numbers }, tokens: { ...tokens } };
  });

function guessed(tell: (answer: number) => Partial<Seen>, elsewhere = tell) {
  const [learnt, met] = [truth(), truth()];
  const ways = waysOf(seen(learnt, tell), learnt, seen(met, elsewhere));
  return judge(ways, commonestOf(learnt), met, [() => shuffle(met, chance), () => renamed(met, names, chance)]);
}

test('where there is nothing to learn, the best of many ways is luck, and is told so', () => {
  for (let town = 0; town < 5; town++) {
    const { best, commonest, p } = guessed(() => ({}));
    // The best of fifty ways is right more often than the commonest answer: that alone would prove nothing.
    expect(best).toBeGreaterThan(commonest);
    expect(p).toBeGreaterThan(noLuck);
  }
});

test.each<[string, (answer: number) => Partial<Seen>]>([
  ['in how much there is of something', (answer) => ({ numbers: { wraps: answer * 3 + chance.unit() } })],
  ['in a word', (answer) => ({ tokens: { labels: [`kind ${answer}`, `pat ${chance.digits(12)}`] } })],
])('an answer that shows %s is found out', (_, tell) => {
  const { p, best } = guessed(tell);
  expect(p).toBeLessThanOrEqual(noLuck);
  expect(best).toBeGreaterThan(many * 0.8);
});

test('pseudonyms that tell groups apart and not which is which are no better than luck', () => {
  const under = (key: string) => (answer: number) => ({ tokens: { labels: [`${key}-${answer}`] } });
  expect(guessed(under('one'), under('another')).p).toBeGreaterThan(noLuck);
  expect(guessed(under('one')).p).toBeLessThanOrEqual(noLuck);
});

test('whoever guesses groups whole has hit on several names by luck, and that is reckoned with', () => {
  const met = truth();
  // Three names of seven are right.
  const whole = met.map((answer) => [0, 1, 2, 4, 5, 6, 3][answer]!);
  const ways = [{ name: 'whole groups', guesses: whole }];
  expect(judge(ways, 0, met, [() => shuffle(met, chance)]).p).toBeLessThanOrEqual(noLuck);
  expect(judge(ways, 0, met, [() => shuffle(met, chance), () => renamed(met, names, chance)]).p).toBeGreaterThan(noLuck);
});
