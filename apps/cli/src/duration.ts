/**
 * Stretches of time as one types them: `90`, `60s`, `5m`, `2h`.
 *
 * @module
 */
import { UsageError } from './command.ts';

const units = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds; seconds where no unit is said. */
export function durationOf(option: string, text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,6}(?:\.\d{1,3})?)\s*([smh])?$/.exec(text.trim()) ?? [];
  const milliseconds = Number(digits) * units[unit as keyof typeof units];
  if (digits === undefined || milliseconds <= 0) throw new UsageError(`--${option}: "${text}" is no length of time; try 60s, 5m or 2h.`);
  return milliseconds;
}
