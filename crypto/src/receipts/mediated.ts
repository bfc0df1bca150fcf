/**
 * What a mediator writes down, in a log of its own: that it gave a factor, did its part, took one away. Where it does its part it is
 * handed what the cloud promised with the turning, and names that receipt beside the ciphertexts: so whoever has the cloud's receipts
 * sees when one of the two kept silent.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { merkleLeaf, merkleRoot } from '../algebra/merkle.ts';
import { type NamedKey, sign, verify } from '../algebra/sign.ts';
import type { CardBody } from '../cards/card.ts';
import { witnessName } from '../cards/witness.ts';
import { type Act, nothing } from './leaf.ts';

/**
 * What stands for ciphertexts that the cloud turned and the mediator goes on with, in their order.
 *
 * @param turned nothing stands for a wrap that was malformed: it goes no further
 */
export function turnedRoot(turned: readonly Bytes[]): Bytes {
  const whole = turned.filter(({ length }) => length > 0);
  return whole.length === 0 ? nothing : merkleRoot(whole.map((one) => merkleLeaf(one)));
}

/** What a mediator says of an act of its own; the rest is nothing. */
export type Mediated = {
  /** `grant` where it gave a factor, `factor` where it did its part, `taking-back` where it forgot one. */
  readonly kind: Act['kind'] & ('grant' | 'factor' | 'taking-back');
  /** Of whoever asked. */
  readonly actor: Bytes;
  /** The chart of a grant, or the organisation of a role's key; hex. */
  readonly scope: string;
  /** Commitment of the cloud's receipt of the turning, by the promise that was handed over; none where none was. */
  readonly receipt?: Bytes | undefined;
  readonly turned?: readonly Bytes[] | undefined;
  /** UTC seconds. */
  readonly time: number;
};

/** The act as a receipt has it. */
export const mediatedAct = ({ kind, actor, scope, receipt = nothing, turned = [], time }: Mediated): Act => ({
  kind,
  actor,
  scope,
  nodes: [],
  rows: turnedRoot(turned),
  version: turned.length,
  policy: receipt,
  time,
});

const label = 'carelet/v1/receipts/mediator-log';

/** A mediator's log by its key: a name of its organisation's, so no two have one. */
export const mediatorLog = (organisation: Bytes, key: Bytes): NamedKey => ({ name: `mediator-${witnessName(organisation, key)}`, key });

/** An organisation names the key of its mediator's log. */
export const signMediatorLog = (edSk: Bytes, organisation: Bytes, key: Bytes): Bytes => sign(edSk, label, [organisation, key]);

export const verifyMediatorLog = ({ id, edVk }: Pick<CardBody, 'id' | 'edVk'>, key: Bytes, voucher: Bytes): boolean =>
  verify(edVk, label, [id, key], voucher);
