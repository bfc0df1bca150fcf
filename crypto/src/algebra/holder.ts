/**
 * Objects that are as good as a secret and do not show it: printed they are `[SecretKey]`, encoded or logged they are what they
 * name in the open, and once put away they are nothing.
 *
 * @module
 */

/** What holds a secret; `using` puts it away. */
export abstract class Holder<Secret> {
  #secret: { readonly value: Secret } | null;

  constructor(secret: Secret) {
    this.#secret = { value: secret };
  }

  toString(): string {
    return '[SecretKey]';
  }

  /** Forgets the secret; using it throws from then on. */
  [Symbol.dispose](): void {
    this.#secret = null;
  }

  static secretOf<S>(holder: Holder<S>): S {
    if (!holder.#secret) throw new TypeError('the secret was put away');
    return holder.#secret.value;
  }
}

/** The secret of a holder, for the mathematics it was made for. Throws a TypeError when it was put away. */
export const secretOf = <Secret>(holder: Holder<Secret>): Secret => Holder.secretOf(holder);
