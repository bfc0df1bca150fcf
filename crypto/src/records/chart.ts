/**
 * A chart's deed: its writer's word for whose it is.
 *
 * Whoever may make wraps and records in a chart follows from its owner. Were that the cloud's word, a cloud that
 * conspires with one patient could put his readings into another's chart.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';

export type Deed = { readonly pat: Bytes; readonly writer: Bytes; readonly owner: Bytes };

const label = 'carelet/v1/records/chart';

/** Signs a deed as the organisation that writes the chart. */
export const signDeed = (secret: Bytes, { pat, writer, owner }: Deed): Bytes => sign(secret, label, [pat, writer, owner]);

export const verifyDeed = (verificationKey: Bytes, { pat, writer, owner }: Deed, signature: Bytes): boolean =>
  verify(verificationKey, label, [pat, writer, owner], signature);
