import { test } from 'vitest';
import { fuzzFrames, fuzzGreetings } from './fuzz.testing.ts';

test('ten thousand mutated frames open nothing and change nothing', () => fuzzFrames(10_000));

test('two hundred mutated greetings greet nobody', () => fuzzGreetings(200));
