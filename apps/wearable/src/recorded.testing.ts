/**
 * Where the recorded signals are: `<CARELET_DATA>/03-signals`. For tests only.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

export const recorded = resolve(root, process.env.CARELET_DATA ?? '../shared/data', '03-signals');

/** Whether they are here; tests that need them skip where they are not. */
export const present = existsSync(recorded);
