/**
 * JSON over many lines for people, every number with the digits it was written with.
 *
 * @module
 */
import { isObject, type Json, printJson } from '@carelet/care/model';

/**
 * @example
 * ```ts
 * import { parseJson } from '@carelet/care/model';
 * import { prettyJson } from '@carelet/cli/pretty';
 * prettyJson(parseJson('{"a":[1.00]}')); // '{\n  "a": [\n    1.00\n  ]\n}'
 * ```
 */
export function prettyJson(value: Json, indent = ''): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((item: Json) => deeper + prettyJson(item, deeper)).join(',\n')}\n${indent}]`;
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const members = Object.entries(value).map(([name, member]) => `${deeper}${JSON.stringify(name)}: ${prettyJson(member, deeper)}`);
    return `{\n${members.join(',\n')}\n${indent}}`;
  }
  return printJson(value);
}
