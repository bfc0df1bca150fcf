/**
 * The Node thread the client's mathematics runs in.
 *
 * @module
 */
import { type Mathematics, mathematicsHere } from './mathematics.ts';

/** One call: which function, with what. */
export type Call = { [Name in keyof Mathematics]: { name: Name; given: Parameters<Mathematics[Name]> } }[keyof Mathematics];

export default async ({ name, given }: Call): Promise<unknown> => {
  const compute = mathematicsHere[name] as (...all: unknown[]) => Promise<unknown>;
  return compute(...given);
};
