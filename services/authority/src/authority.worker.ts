/**
 * The thread the authority's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { keygen, setup } from './mathematics.ts';

const api = { setup, keygen };
export type AuthorityWorker = typeof api;
export default expose(api);
