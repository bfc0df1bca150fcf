/**
 * What PostgreSQL says, in our eight kinds.
 *
 * The words of the server stay behind where they could quote a value: `Key (pat)=(…) already exists` is a
 * pseudonym in a log. What remains is the five-letter code, the names of table and constraint, and a reason in
 * our own words. Codes: PostgreSQL 18 manual, appendix A.
 *
 * @module
 */
import { CareletError, type ErrorKind } from '@carelet/care/model';

/** The cause inside a CareletError of the database: code and names, never values. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';
  /** The five letters of PostgreSQL, or the system's `ECONNREFUSED`, or `lost`. */
  readonly code: string;
  readonly table: string | undefined;
  readonly constraint: string | undefined;

  constructor(code: string, message: string, names: { table?: string | undefined; constraint?: string | undefined } = {}) {
    super(message);
    this.code = code;
    this.table = names.table;
    this.constraint = names.constraint;
  }
}

type Verdict = readonly [kind: ErrorKind, because: string];

const away: Verdict = ['unavailable', 'the database does not answer; it may be starting'];
const unfit: Verdict = ['invalid', 'a value does not fit'];
const refused: Verdict = ['unavailable', 'the database refuses our user or password; check DATABASE_URL'];

/** By whole code first, then by class: the first two letters. */
const verdicts: Readonly<Record<string, Verdict>> = {
  '23505': ['conflict', 'it is there already'],
  '23503': ['conflict', 'something it refers to is not there, or something still refers to it'],
  '23P01': ['conflict', 'it overlaps with something that is there'],
  '23': unfit,
  '22': unfit,
  '40': ['unavailable', 'somebody else was writing the same; try again'],
  '55P03': ['unavailable', 'somebody else was writing the same; try again'],
  '53100': ['unavailable', 'the disk is full'],
  '53300': ['unavailable', 'the database has too many connections'],
  '53': ['unavailable', 'the database is short of memory'],
  '57014': ['unavailable', 'the database took too long'],
  '57': away,
  '08': away,
  '28': refused,
  '3D000': ['unavailable', 'the database that DATABASE_URL names does not exist'],
  '42501': ['unavailable', 'our user lacks a right in the database; check DATABASE_URL'],
  '25006': ['unavailable', 'the database is read-only'],
  XX001: ['tampered', 'a page of the database is damaged'],
  XX002: ['tampered', 'an index of the database is damaged'],
  lost: away,
};

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const lostWords =
  /^(Connection terminated|Client (was closed|has encountered a connection error)|timeout exceeded when trying to connect|timeout expired)/;

/** Any error of the driver as a CareletError whose cause is a `DatabaseFault`; what is not the driver's passes unchanged. */
export function asDatabaseError(thrown: unknown, op = 'use the database'): unknown {
  if (!(thrown instanceof Error) || thrown instanceof CareletError) return thrown;
  const { code, table, constraint } = thrown as Error & { code?: unknown; table?: string; constraint?: string };
  if (lostWords.test(thrown.message)) return told('lost', op, new DatabaseFault('lost', thrown.message));
  if (typeof code !== 'string') return thrown;
  if (networkCodes.has(code)) return told('lost', op, new DatabaseFault(code, `${code} while talking to PostgreSQL`));
  if (!/^[0-9A-Z]{5}$/.test(code)) return thrown;
  const quotesValues = /^2[23]/.test(code);
  return told(code, op, new DatabaseFault(code, quotesValues ? `PostgreSQL ${code}` : thrown.message, { table, constraint }));
}

function told(code: string, op: string, cause: DatabaseFault): CareletError {
  const [kind, because] = verdicts[code] ?? verdicts[code.slice(0, 2)] ?? (['internal', `PostgreSQL answered ${code}`] as const);
  return new CareletError(kind, op, { ...(cause.constraint !== undefined && { subject: cause.constraint }), because, cause });
}

/** Whether trying the same again may help: `at-once` when another writer won, `later` when the server is away. */
export function mayRetry(thrown: unknown): 'at-once' | 'later' | undefined {
  const fault = thrown instanceof CareletError ? thrown.cause : undefined;
  if (!(fault instanceof DatabaseFault)) return undefined;
  if (fault.code === '40001' || fault.code === '40P01') return 'at-once';
  return fault.code === 'lost' || networkCodes.has(fault.code) || /^(57P0|08|53300)/.test(fault.code) ? 'later' : undefined;
}
