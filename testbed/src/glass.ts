/**
 * Sealing switched off, for tests and benchmarks: rows of glass, that anybody can look through.
 *
 * A row of glass has every field and every length of a sealed one, so it goes the same way and takes the same room;
 * what stands in its `ct` is the content itself. Handed to the writer or to a wearable in place of `sealRow`, it
 * shows what sealing costs, and that our search for plaintext finds it when it is there. Nothing outside the testbed
 * imports this file: a row of glass opens for no reader but the one here.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import type { Cloud } from '@carelet/client/login';
import { type Body, decodeBody } from '@carelet/client/records/body';
import { type FetchedRow, fetchRows } from '@carelet/client/records/fetch';
import type { ChartRef } from '@carelet/client/records/reader';
import type { RowSeal } from '@carelet/client/records/writer';
import { type Bytes, concat } from '@carelet/crypto/algebra/bytes';
import { pad, unpad } from '@carelet/crypto/records/padding';
import { unbind } from '@carelet/crypto/records/reader';

const nothing = (length: number): Bytes => new Uint8Array(length);

/** Lengths around a ciphertext: nonce before, tag behind. */
const before = 12;
const behind = 16;

/** Lays the content in the clear where the ciphertext belongs; commitment and mark are zeros. */
export const glassRow: RowSeal = (_nodeKey, { rowId, version, nodeId }, content) => ({
  rowId,
  version,
  nodeId,
  kc: nothing(32),
  mark: nothing(32),
  ct: concat(nothing(before), pad(content), nothing(behind)),
});

/** What lies behind the glass; `null` for a row that was sealed. */
export function lookThrough(part: Part, { ct }: Pick<FetchedRow, 'ct'>): Body | null {
  const content = unpad(ct.subarray(before, ct.length - behind));
  const bound = content && unbind(part, content);
  return bound && decodeBody(bound.body);
}

/** Every body of one shelf of a chart of glass: fetched as a reader fetches, and just looked at. */
export async function lookAt(cloud: Cloud, { pat }: Pick<ChartRef, 'pat'>, part: Part): Promise<Body[]> {
  const { nodes } = await cloud.records.nodes({ pat });
  const bodies: Body[] = [];
  const mine = nodes.filter((node) => node.part === part).map(({ nodeId }) => nodeId);
  for await (const page of fetchRows(cloud, pat, part, mine)) bodies.push(...page.flatMap((row) => lookThrough(part, row) ?? []));
  return bodies;
}

/** A cloud that believes every node to be wrapped already: its writer makes no wraps. */
export function withoutWraps(cloud: Cloud): Cloud {
  const records: Cloud['records'] = { ...cloud.records, wrapped: async ({ nodes }) => ({ wrapped: nodes.map(() => true) }) };
  return { ...cloud, records };
}
