/**
 * From the environment to a typed value, with an error that says which variable to look at.
 *
 * The error never shows what the variable holds: `DATABASE_URL` has a password in it. A variable that is set to
 * nothing counts as not set.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import * as z from 'zod';

/** One value of a configuration: the variable it comes from, and what may stand there. */
export type Setting<T> = { readonly variable: string; readonly schema: z.ZodType<T, string | undefined> };

export const setting = <T>(variable: string, schema: z.ZodType<T, string | undefined>): Setting<T> => ({ variable, schema });

type Settings = { readonly [name: string]: Setting<unknown> };
export type Configuration<S extends Settings> = { readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never };

/**
 * Reads settings from the environment.
 *
 * @throws {CareletError} `invalid`, "read configuration", naming every variable that does not fit
 * @example
 * ```ts
 * import { port, readConfiguration, setting, words } from '@carelet/ground/config';
 * const config = readConfiguration(
 *   { port: setting('CARELET_CLOUD_PORT', port(4100)), origins: setting('CARELET_PORTAL', words()) },
 *   { CARELET_PORTAL: 'http://127.0.0.1:4000' },
 * );
 * config; // { port: 4100, origins: ['http://127.0.0.1:4000'] }
 * ```
 */
export function readConfiguration<S extends Settings>(settings: S, environment: NodeJS.ProcessEnv = process.env): Configuration<S> {
  const values: Record<string, unknown> = {};
  const wrong: { variable: string; because: string }[] = [];
  for (const [name, { variable, schema }] of Object.entries(settings)) {
    const raw = environment[variable]?.trim();
    const parsed = schema.safeParse(raw === '' ? undefined : raw);
    if (parsed.success) values[name] = parsed.data;
    else wrong.push({ variable, because: raw === undefined || raw === '' ? 'it is not set' : parsed.error.issues[0]!.message });
  }
  if (wrong.length > 0) {
    const subject = wrong.map(({ variable }) => variable).join(', ');
    throw new CareletError('invalid', 'read configuration', { subject, because: wrong.map(({ because }) => because).join('; ') });
  }
  return values as Configuration<S>;
}

const optional = <T>(schema: z.ZodType<T, string>, fallback: T) => schema.optional().transform((value) => value ?? fallback);

/** A whole number between two bounds. */
export const whole = (min: number, max: number, fallback: number): z.ZodType<number, string | undefined> =>
  optional(
    z
      .string()
      .regex(/^\d{1,15}$/, { error: `it has to be a whole number from ${min} to ${max}` })
      .transform(Number)
      .refine((value) => value >= min && value <= max, { error: `it has to be a whole number from ${min} to ${max}` }),
    fallback,
  );

/** A TCP port; 0 lets the system choose. */
export const port = (fallback: number) => whole(0, 65_535, fallback);

/** `yes`, `true`, `1`, `on`, or `no`, `false`, `0`, `off`. */
export const flag = (fallback: boolean): z.ZodType<boolean, string | undefined> =>
  optional(
    z
      .string()
      .regex(/^(yes|true|1|on|no|false|0|off)$/i, { error: 'it has to be yes or no' })
      .transform((word) => /^(yes|true|1|on)$/i.test(word)),
    fallback,
  );

/** Words between commas or spaces; none where the variable is not set. */
export const words = (): z.ZodType<readonly string[], string | undefined> =>
  optional(
    z.string().transform((list) => list.split(/[\s,]+/).filter((word) => word !== '')),
    [],
  );

/** A text that has to be there. */
export const text = (): z.ZodType<string, string | undefined> =>
  z.string({ error: 'it is not set' }) as z.ZodType<string, string | undefined>;

/** A text that may be there. */
export const maybe = (): z.ZodType<string | undefined, string | undefined> => z.string().optional();

/** An http or https address without a path: what a browser calls an origin. */
export const origin = (): z.ZodType<string | undefined, string | undefined> =>
  z
    .string()
    .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).origin === value, {
      error: 'it has to be an origin like https://portal.example',
    })
    .optional();
