/**
 * The one script that may be started besides the page's own.
 *
 * @module
 */

type Policy = { createScriptURL(url: string): string };
type PolicyFactory = { createPolicy(name: string, rules: Policy): Policy };

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;

/** Where a browser asks for trusted types, an address that it lets a worker start from: `allowed` and no other. */
export function trustedScripts(allowed: string): (url: string) => string {
  const rules: Policy = {
    createScriptURL(url) {
      if (url !== allowed) throw new TypeError('only the worker may be started');
      return url;
    },
  };
  const policy = factory ? factory.createPolicy('carelet', rules) : rules;
  return (url) => policy.createScriptURL(url);
}
