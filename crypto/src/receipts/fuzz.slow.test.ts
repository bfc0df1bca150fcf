import { test } from 'vitest';
import { fuzzReceipts } from './fuzz.testing.ts';

test('thirty thousand mutations of everything a log gives out are not believed', () => fuzzReceipts(30_000));
