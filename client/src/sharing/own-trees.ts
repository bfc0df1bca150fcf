/**
 * The trees of a chart of one's own, and where in them something hangs.
 *
 * @module
 */
import type { Category, Period } from '@carelet/care/model';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { ChartRef } from '../records/reader.ts';
import { walkDown } from '../records/walk.ts';
import { fetchedPlace, openOwnerWrap, type WrapNode } from '../records/wraps.ts';

/** A tree, and the periods that have nodes in it. */
export type OwnTree = {
  readonly node: Omit<WrapNode, 'period'>;
  readonly periods: readonly Period[];
  /** Whether a device of hers writes it: then nobody but her client makes wraps for it. */
  readonly ofDevice: boolean;
};

/** Opens the owner wraps of a chart. One that is not hers to open is left out: reading the chart tells of it. */
export async function ownTrees({ keyring, cloud }: { keyring: Keyring; cloud: Cloud }, { pat, writer }: ChartRef): Promise<OwnTree[]> {
  const { nodes, wraps } = await cloud.records.nodes({ pat });
  return wraps.flatMap((wrap): OwnTree[] => {
    const grant = wrap.kind === 'owner' ? openOwnerWrap(keyring.secrets.hybridSk, fetchedPlace(pat, wrap), wrap.body) : null;
    if (!grant) return [];
    const root = { ...grant, nodeId: wrap.nodeId, part: wrap.part };
    const periods = [...walkDown([root], nodes).values()].map(({ period }) => period);
    const [kind, conf, sens] = grant.category;
    const ofDevice = !equalPublic(grant.writer, writer);
    const below = periods.filter((period) => period !== 'always');
    const dated = ofDevice || below.length > 0;
    const of = { part: wrap.part, category: { kind, conf, sens } as Category, dated };
    const tree = { id: grant.treeId, root: grant.key, gen: wrap.gen };
    return [{ node: { pat, writer: grant.writer, tree, of }, periods: dated ? below : ['always'], ofDevice }];
  });
}
