/**
 * The thread an issuer's mathematics runs in.
 *
 * @module
 */
import { expose } from '@carelet/ground/workers';
import * as mathematics from './mathematics.ts';

const { deal, conclude, dealServers, concludeServers, answerAsServer, issue, holdsShare, newAuthority, issueEmergency, provesDomain } =
  mathematics;
const api = { deal, conclude, dealServers, concludeServers, answerAsServer, issue, holdsShare, newAuthority, issueEmergency, provesDomain };
export type IssuerWorker = typeof api;
export default expose(api);
