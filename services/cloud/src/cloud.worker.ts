/**
 * The threads the cloud's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { reach, turn } from './mathematics.ts';

const api = { reach, turn };
export type CloudWorker = typeof api;
export default expose(api);
