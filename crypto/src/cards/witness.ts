/**
 * Witnesses of the receipts log: a key of an organisation, signed for with the organisation's card.
 *
 * Issuers name a witness in the manifest for nobody else's word: a cloud that could name its own would watch itself.
 *
 * @module
 */
import { type Bytes, hex } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import type { CardBody } from './card.ts';

const label = 'carelet/v1/manifest/witness';

/** An organisation names a key of its own as a witness. */
export const signWitness = (edSk: Bytes, organisation: Bytes, key: Bytes): Bytes => sign(edSk, label, [organisation, key]);

export const verifyWitness = ({ id, edVk }: Pick<CardBody, 'id' | 'edVk'>, key: Bytes, signature: Bytes): boolean =>
  verify(edVk, label, [id, key], signature);

/** What a witness is called: whose it is, and which of the organisation's keys. */
export const witnessName = (organisation: Bytes, key: Bytes): string => `${hex(organisation)}/${hex(key.subarray(0, 8))}`;

/** Whether a witness of this name is the organisation's. */
export const isWitnessOf = (organisation: Bytes, name: string): boolean => name.startsWith(`${hex(organisation)}/`);
