/**
 * The thread the cloudlet's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { applyFactor, applyRole, newEpoch, newFactor, openInit } from './mathematics.ts';

const api = { newEpoch, openInit, newFactor, applyFactor, applyRole };
export type CloudletWorker = typeof api;
export default expose(api);
