/**
 * The threads the cloud's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { reach, readTransforms, transform, turn } from './mathematics.ts';

const api = { reach, turn, readTransforms, transform };
export type CloudWorker = typeof api;
export default expose(api);
