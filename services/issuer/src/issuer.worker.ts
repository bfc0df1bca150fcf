/**
 * The thread an issuer's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import { conclude, deal, holdsShare, issue, issueEmergency, newAuthority, provesDomain } from './mathematics.ts';

const api = { deal, conclude, issue, holdsShare, newAuthority, issueEmergency, provesDomain };
export type IssuerWorker = typeof api;
export default expose(api);
