/**
 * Fetching from the cloud in as many answers as it takes.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import { type Bytes, compare } from '@carelet/crypto/algebra/bytes';
import type { Cloud } from '../login.ts';

export type FetchedRow = Awaited<ReturnType<Cloud['records']['rows']>>['rows'][number];
export type FetchedPosting = Awaited<ReturnType<Cloud['records']['proofs']>>['postings'][number];

const nodesAtOnce = 10_000;

/**
 * Every row of the given nodes, page by page; the next page is on its way while one is opened.
 *
 * @param took told what comes with each page that is not empty: the promise of its receipt, where it leaves one
 */
export async function* fetchRows(
  cloud: Cloud,
  pat: Bytes,
  part: Part,
  nodes: readonly Bytes[],
  took: (promise: Bytes | undefined) => void = () => {},
): AsyncGenerator<FetchedRow[]> {
  for (let at = 0; at < nodes.length; at += nodesAtOnce) {
    const some = nodes.slice(at, at + nodesAtOnce);
    const ask = (last?: FetchedRow) => {
      const after = last && { nodeId: last.nodeId, rowId: last.rowId, version: last.version };
      const answer = cloud.records.rows({ pat, part, nodes: some, ...(after && { after }) });
      answer.catch(() => {}); // thrown where it is awaited; whoever stops before that does not want to know
      return answer;
    };
    let before: FetchedRow | undefined;
    let coming: ReturnType<typeof ask> | null = ask();
    while (coming) {
      const page: Awaited<ReturnType<typeof ask>> = await coming;
      const last = page.rows.at(-1);
      // A server that gives the same page for ever gets no second question for it.
      if (before && last && !isAfter(last, before)) {
        throw new CareletError('tampered', 'fetch rows', { because: 'the cloud gives rows out of their order' });
      }
      before = last ?? before;
      coming = page.more && last ? ask(last) : null;
      if (page.rows.length === 0) continue;
      took(page.promise);
      yield page.rows;
    }
  }
}

const isAfter = (a: FetchedRow, b: FetchedRow): boolean =>
  (compare(a.nodeId, b.nodeId) || compare(a.rowId, b.rowId) || a.version - b.version) > 0;

/** What proves the rows of the given nodes. */
export async function fetchProofs(cloud: Cloud, pat: Bytes, part: Part, nodes: readonly Bytes[]): Promise<FetchedPosting[]> {
  const postings: FetchedPosting[] = [];
  for (let at = 0; at < nodes.length; at += nodesAtOnce) {
    const answer = await cloud.records.proofs({ pat, part, nodes: nodes.slice(at, at + nodesAtOnce) });
    postings.push(...answer.postings);
  }
  return postings;
}
