/**
 * Laying locks that a patient made at the cloud, with the nodes they stand on.
 *
 * @module
 */
import { parts } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import type { NodeLink } from '@carelet/crypto/records/posting';
import type { Cloud } from '../login.ts';
import { linksOf } from '../records/trees.ts';
import type { Wrap, WrapNode } from '../records/wraps.ts';

const wrapsAtOnce = 2000;

/** Lays locks on nodes of a chart of one's own, part by part. */
export async function layWraps(cloud: Cloud, pat: Bytes, all: readonly { readonly node: WrapNode; readonly wrap: Wrap }[]): Promise<void> {
  for (const part of parts) {
    const some = all.filter(({ node }) => node.of.part === part);
    for (let at = 0; at < some.length; at += wrapsAtOnce) {
      const these = some.slice(at, at + wrapsAtOnce);
      const links = new Map<string, NodeLink>();
      for (const { node } of these) for (const link of linksOf(node.tree, node.period)) links.set(hex(link.nodeId), link);
      await cloud.sharing.wrap({
        pat,
        part,
        links: [...links.values()].map((link) => ({ ...link })),
        wraps: these.map(({ wrap }) => wrap),
      });
    }
  }
}
