/**
 * Fetching from the cloud in as many answers as it takes.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { Cloud } from '../login.ts';

export type FetchedRow = Awaited<ReturnType<Cloud['records']['rows']>>['rows'][number];
export type FetchedPosting = Awaited<ReturnType<Cloud['records']['proofs']>>['postings'][number];

const nodesAtOnce = 10_000;

/** Every row of the given nodes, page by page; the next page is on its way while one is opened. */
export async function* fetchRows(cloud: Cloud, pat: Bytes, part: Part, nodes: readonly Bytes[]): AsyncGenerator<FetchedRow[]> {
  for (let at = 0; at < nodes.length; at += nodesAtOnce) {
    const some = nodes.slice(at, at + nodesAtOnce);
    const ask = (last?: FetchedRow) => {
      const after = last && { nodeId: last.nodeId, rowId: last.rowId, version: last.version };
      const answer = cloud.records.rows({ pat, part, nodes: some, ...(after && { after }) });
      answer.catch(() => {}); // thrown where it is awaited; whoever stops before that does not want to know
      return answer;
    };
    let coming: ReturnType<typeof ask> | null = ask();
    while (coming) {
      const page: Awaited<ReturnType<typeof ask>> = await coming;
      const last = page.rows.at(-1);
      coming = page.more && last ? ask(last) : null;
      if (page.rows.length > 0) yield page.rows;
    }
  }
}

/** What proves the rows of the given nodes. */
export async function fetchProofs(cloud: Cloud, pat: Bytes, part: Part, nodes: readonly Bytes[]): Promise<FetchedPosting[]> {
  const postings: FetchedPosting[] = [];
  for (let at = 0; at < nodes.length; at += nodesAtOnce) {
    const answer = await cloud.records.proofs({ pat, part, nodes: nodes.slice(at, at + nodesAtOnce) });
    postings.push(...answer.postings);
  }
  return postings;
}
