/**
 * How far back a vital sign's page looks, as its address says it: `?days=91`.
 *
 * @module
 */
export const spans = [7, 30, 91, 365] as const;
export type Span = (typeof spans)[number];

const usualSpan: Span = 30;

/** What an address asks for; a month where it says nothing, or nothing that is offered. */
export function spanIn({ days }: Readonly<Record<string, unknown>>): Span {
  return spans.find((span) => span === Number(days)) ?? usualSpan;
}
