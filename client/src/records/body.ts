/**
 * What stands inside a sealed part: a part of a FHIR resource, a strip of readings, or what a chart's patient
 * is called.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '@carelet/crypto/algebra/bytes';

export type Body =
  /** JSON text of one part, as `care/rules/records` parted it; text, so that decimals keep their digits. */
  | { readonly kind: 'fhir'; readonly json: string }
  /** Packed readings of a device. */
  | { readonly kind: 'strip'; readonly device: Bytes; readonly number: number; readonly packed: Bytes }
  /** The references by which imported resources name this patient: restores them in merged records. */
  | { readonly kind: 'chart'; readonly references: readonly string[] };

export function encodeBody(body: Body): Bytes {
  switch (body.kind) {
    case 'fhir':
      return cbor(['fhir', body.json]);
    case 'strip':
      return cbor(['strip', body.device, body.number, body.packed]);
    case 'chart':
      return cbor(['chart', body.references]);
  }
}

/** Reads a body; `null` when it is none we know. */
export function decodeBody(bytes: Bytes): Body | null {
  try {
    const [kind, ...fields] = uncbor(bytes) as [string, ...unknown[]];
    switch (kind) {
      case 'fhir':
        return fields.length === 1 && typeof fields[0] === 'string' ? { kind, json: fields[0] } : null;
      case 'strip': {
        const [device, number, packed] = fields;
        return fields.length === 3 && device instanceof Uint8Array && Number.isSafeInteger(number) && packed instanceof Uint8Array
          ? { kind, device, number: number as number, packed }
          : null;
      }
      case 'chart':
        return fields.length === 1 && Array.isArray(fields[0]) && fields[0].every((text) => typeof text === 'string')
          ? { kind, references: fields[0] as string[] }
          : null;
      default:
        return null;
    }
  } catch {
    return null;
  }
}
