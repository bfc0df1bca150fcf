/**
 * The thread an issuer's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { conclude, deal, holdsShare, issue } from './mathematics.ts';

const api = { deal, conclude, issue, holdsShare };
export type IssuerWorker = typeof api;
export default expose(api);
