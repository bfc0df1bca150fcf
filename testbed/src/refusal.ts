/**
 * What cloud and mediator answer while a grant holds and refuse once it does not, for those who measure how soon.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Cloud, Cloudlet } from '@carelet/client/login';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { groupBy } from '@carelet/ground/group-by';

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
  const scopes = groupBy(
    wraps.flatMap(({ kind, nodeId, domain }) => (kind === 'consent' ? [{ nodeId, scope: domain }] : [])),
    ({ scope }) => hex(scope),
  );
  // Among what is in her sight by other grants is a scope that this one turns.
  const isTurned = async (one: { nodeId: Bytes; scope: Bytes }) =>
    cloud.sharing.turn({ pat, grant, nodes: [one] }).then(
      ({ turned: [answer] }) => answer?.length === 576,
      () => false,
    );
  let nodes: { nodeId: Bytes; scope: Bytes }[] = [];
  for (const some of scopes.values()) if (nodes.length === 0 && (await isTurned(some[0]!))) nodes = some.slice(0, 4);
  let turned: Bytes[] = [];
  /** The cloud's, that it writes down what it turned: without it the mediator does nothing. */
  let promise: Bytes | undefined;
  const questions: Question[] = [
    async () => {
      ({ turned, promise } = await cloud.sharing.turn({ pat, grant, nodes }));
      return nodes.length > 0 && turned.every(({ length }) => length === 576);
    },
    async () => (await mediator.sharing.mediate({ grant, turned, ...(promise && { promise }) })).answers.length === nodes.length,
  ];
  for (const question of questions) {
    if (!(await question())) throw new CareletError('internal', 'ask by a grant', { because: 'a grant that holds is not served' });
  }
  return questions;
}

/**
 * The questions by which a doctor opens a lock of a chart by her role, the cloud's and the mediator's, each answered once.
 *
 * @throws {CareletError} `internal` where one of the two does not serve a key that holds
 */
export async function answeredByRole(
  cloud: Cloud,
  mediator: Pick<Cloudlet, 'sharing'>,
  { pat, organisation }: { readonly pat: Bytes; readonly organisation: Bytes },
): Promise<readonly Question[]> {
  const { wraps } = await cloud.records.nodes({ pat });
  let nodes = wraps.flatMap(({ kind, nodeId }) => (kind === 'policy' ? [nodeId] : []));
  const whole = async () => {
    const { transformed } = await cloud.sharing.transform({ pat, organisation, nodes });
    return nodes.filter((_, i) => transformed[i]?.length === 1152);
  };
  // Among what is in her sight may be what her key does not fit.
  nodes = (await whole()).slice(0, 4);
  const questions: Question[] = [
    async () => nodes.length > 0 && (await whole()).length === nodes.length,
    async () => (await mediator.sharing.enter({ organisation, factors: [] })).login.length > 0,
  ];
  for (const question of questions) {
    if (!(await question())) throw new CareletError('internal', 'ask by a role', { because: 'a key that holds is not served' });
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
