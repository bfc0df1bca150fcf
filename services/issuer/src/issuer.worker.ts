/**
 * The thread an issuer's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { conclude, deal, issueShare } from './mathematics.ts';

const api = { deal, conclude, issueShare };
export type IssuerWorker = typeof api;
export default expose(api);
