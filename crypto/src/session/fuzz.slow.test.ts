import { test } from 'vitest';
import { fuzzFrames, fuzzGreetings } from './fuzz.testing.ts';

test('a million mutated frames open nothing and change nothing', () => fuzzFrames(1_000_000));

test('ten thousand mutated greetings greet nobody', () => fuzzGreetings(10_000));
