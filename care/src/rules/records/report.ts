/**
 * What an import says about itself: nothing is dropped in silence.
 *
 * @module
 */

/** One thing worth telling whoever imports. Places are paths of elements, never values: no patient's words. */
export type Remark = {
  /**
   * `refused`: not taken; `unknown-field`: kept in MI although R4 does not know it; `unknown-type`: kept whole in
   * MI, because there is no table for the type; `impossible-date`: filed as undated; `repeated`: another file told of it first; `unknown-patient`:
   * taken, though nothing says who its patient is.
   */
  readonly kind: 'refused' | 'unknown-field' | 'unknown-type' | 'impossible-date' | 'repeated' | 'unknown-patient';
  /** `entry 17 at byte 4711: Observation.component.foo`. */
  readonly place: string;
  readonly because: string;
};

/** The remarks of an import with their number, the most frequent first: an import of 10,000 records is read by a person. */
export function summary(remarks: Iterable<Remark>): readonly { readonly remark: Remark; readonly times: number }[] {
  const counted = new Map<string, { remark: Remark; times: number }>();
  for (const remark of remarks) {
    const key = JSON.stringify([remark.kind, remark.place.replace(/^.*?\b(?:entry|line) \d+(?: at byte \d+)?: /, ''), remark.because]);
    const known = counted.get(key);
    if (known) known.times++;
    else counted.set(key, { remark, times: 1 });
  }
  return [...counted.values()].sort((a, b) => b.times - a.times);
}
