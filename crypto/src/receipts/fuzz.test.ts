import { test } from 'vitest';
import { fuzzReceipts } from './fuzz.testing.ts';

test('a thousand mutations of everything a log gives out are not believed', () => fuzzReceipts(1000));
