/**
 * One piece of work after another.
 *
 * @module
 */

/** Does what it is given when everything it was given before is done, whatever came of that. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function turns(): InTurn {
  let working: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = working.then(work);
    working = done.catch(() => {});
    return done;
  };
}
