import { test } from 'vitest';
import { fuzzReceipts } from './fuzz.testing.ts';

test('a hundred thousand mutations of everything a log gives out are not believed', () => fuzzReceipts(100_000));
