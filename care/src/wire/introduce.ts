/**
 * Introducing oneself: calling again, once, after showing one's card to a service that did not know it.
 *
 * @module
 */
import { CareletError } from '../model/error.ts';

/** How a service's refusal begins when it has not seen the caller's card. */
export const unknownCard = 'card:';

/**
 * The same role, whose calls are repeated once after `present` when the service says the card is not known.
 *
 * @param present shows the card; done at most once at a time
 */
export function introducing<Role extends object>(role: Role, present: () => Promise<unknown>): Role {
  let presenting: Promise<unknown> | null = null;
  const wrap = <Group extends object>(group: Group): Group =>
    new Proxy(group, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member === 'object' && member !== null) return wrap(member);
        if (typeof member !== 'function') return member;
        return async (input: unknown) => {
          try {
            return await member.call(target, input);
          } catch (thrown) {
            if (!(thrown instanceof CareletError) || thrown.kind !== 'denied' || !thrown.because.startsWith(unknownCard)) throw thrown;
            presenting ??= present().finally(() => {
              presenting = null;
            });
            await presenting;
            return member.call(target, input);
          }
        };
      },
    });
  return wrap(role);
}
