/**
 * The thread the cloudlet's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { newEpoch, openInit } from './mathematics.ts';

const api = { newEpoch, openInit };
export type CloudletWorker = typeof api;
export default expose(api);
