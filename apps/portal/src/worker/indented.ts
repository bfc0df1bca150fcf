/**
 * JSON text on many lines, every number and string as it was.
 *
 * @example
 * ```ts no-run
 * indented('{"value":1.00}'); // '{\n  "value": 1.00\n}'
 * ```
 *
 * @module
 */

/** @param json one line of valid JSON, as `printJson` prints it */
export function indented(json: string): string {
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  return json.replace(/"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{}[\],:]/g, (token) => {
    switch (token) {
      case '{':
      case '[':
        depth++;
        return token + line();
      case '}':
      case ']':
        depth--;
        return line() + token;
      case ',':
        return token + line();
      case ':':
        return ': ';
      default:
        return token;
    }
  });
}
