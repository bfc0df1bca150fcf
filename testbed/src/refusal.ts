/**
 * What cloud and mediator answer while a grant holds and refuse once it does not, for those who measure how soon.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Cloud, Cloudlet } from '@carelet/client/login';
import type { Bytes } from '@carelet/crypto/algebra/bytes';

/** A question that was answered, to be asked again. */
export type Question = () => Promise<boolean>;

/**
 * The questions by which a doctor opens some locks of a chart by consent, the cloud's and the mediator's, each answered once.
 *
 * @throws {CareletError} `internal` where one of the two does not serve a grant that holds
 */
export async function answeredQuestions(
  cloud: Cloud,
  mediator: Pick<Cloudlet, 'sharing'>,
  { pat, grant }: { readonly pat: Bytes; readonly grant: Bytes },
): Promise<readonly Question[]> {
  const { wraps } = await cloud.records.nodes({ pat });
  const nodes: { nodeId: Bytes; scope: Bytes }[] = [];
  // Among what is in her sight by other grants are those that this one turns.
  for (const { kind, nodeId, domain } of wraps) {
    if (kind !== 'consent' || nodes.length === 4) continue;
    const one = { nodeId, scope: domain };
    const turns = await cloud.sharing.turn({ pat, grant, nodes: [one] }).catch(() => null);
    if (turns?.turned[0]?.length === 576) nodes.push(one);
  }
  let turned: Bytes[] = [];
  const questions: Question[] = [
    async () => {
      ({ turned } = await cloud.sharing.turn({ pat, grant, nodes }));
      return nodes.length > 0 && turned.every(({ length }) => length === 576);
    },
    async () => (await mediator.sharing.mediate({ grant, turned })).answers.length === nodes.length,
  ];
  for (const question of questions) {
    if (!(await question())) throw new CareletError('internal', 'ask by a grant', { because: 'a grant that holds is not served' });
  }
  return questions;
}

/**
 * Asks questions that would be answered if the asker still might, side by side.
 *
 * @throws {CareletError} `internal` unless each is refused
 */
export async function allRefused(questions: readonly (() => Promise<unknown>)[]): Promise<void> {
  const answers = await Promise.allSettled(questions.map((question) => question()));
  const isRefused = (one: (typeof answers)[number]) =>
    one.status === 'rejected' && one.reason instanceof CareletError && one.reason.kind === 'denied';
  if (!answers.every(isRefused)) throw new CareletError('internal', 'ask by a grant', { because: 'what was taken back was not refused' });
}
