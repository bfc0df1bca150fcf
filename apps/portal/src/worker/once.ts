/**
 * What is made when it is first asked for, and once.
 *
 * @example
 * ```ts no-run
 * const series = once(() => readingsOf(resources, zone));
 * series() === series(); // true
 * ```
 *
 * @module
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
