/**
 * Introducing oneself: calling again, once, after showing one's card to a service that did not know it.
 *
 * @module
 */
import { CareletError } from '../model/error.ts';

/** How a service's refusal begins when it has not seen the caller's card. */
export const unknownCard = 'card:';

/**
 * The same role, whose calls are repeated once after `present` when the service says the card is not known; those
 * for a stream too, as long as it has not begun.
 *
 * @param present shows the card; done at most once at a time
 */
export function introducing<Role extends object>(role: Role, present: () => Promise<unknown>): Role {
  let presenting: Promise<unknown> | null = null;

  /** Shows the card if that is what was wanting; throws the refusal again if not. */
  const introduce = async (thrown: unknown): Promise<void> => {
    if (!(thrown instanceof CareletError) || thrown.kind !== 'denied' || !thrown.because.startsWith(unknownCard)) throw thrown;
    presenting ??= present().finally(() => {
      presenting = null;
    });
    await presenting;
  };

  async function answered(answer: unknown, ask: () => unknown): Promise<unknown> {
    try {
      return await answer;
    } catch (thrown) {
      await introduce(thrown);
      return ask();
    }
  }

  async function* followed(stream: AsyncIterable<unknown>, ask: () => unknown): AsyncGenerator<unknown> {
    let begun = false;
    try {
      for await (const event of stream) {
        begun = true;
        yield event;
      }
    } catch (thrown) {
      if (begun) throw thrown;
      await introduce(thrown);
      yield* ask() as AsyncIterable<unknown>;
    }
  }

  const wrap = <Group extends object>(group: Group): Group =>
    new Proxy(group, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member === 'object' && member !== null) return wrap(member);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const ask = () => member.apply(target, args) as unknown;
          const answer = ask();
          return isStream(answer) ? followed(answer, ask) : answered(answer, ask);
        };
      },
    });
  return wrap(role);
}

const isStream = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
