/**
 * What only a demonstration has: its people at the door, and their locked keyrings for whoever knows the passphrase.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inertPolicy } from './headers.ts';

/** Somebody of the demo town whose door one may try. */
export type Resident = {
  /** Names the keyring: `ada`. */
  readonly slug: string;
  /** As people say it: `Ada Marlow`. */
  readonly title: string;
  readonly door: 'patient' | 'doctor' | 'administrator';
  /** Who it is, in a sentence. */
  readonly about: string;
  /** Whether a doctor has a key or waits for one. */
  readonly standing: 'approved' | 'waiting' | null;
};

export type Demo = {
  readonly people: readonly Resident[];
  /** The folder their keyrings lie in; others of it are not served. */
  readonly keyrings: string;
};

/** Answers a GET or HEAD below `/demo`; `null` for what is not there. */
export async function answerDemo(request: Request, { people, keyrings }: Demo): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const headers = { 'cache-control': 'no-store', 'content-security-policy': inertPolicy };
  if (pathname === '/demo/people.json') {
    return new Response(JSON.stringify(people), { headers: { ...headers, 'content-type': 'application/json' } });
  }
  const who = people.find(({ slug }) => pathname === `/demo/keyrings/${slug}`);
  if (!who) return null;
  // Before the town has settled, somebody may have none yet.
  const locked = await readFile(join(keyrings, `${who.slug}.keyring`)).catch(() => null);
  if (!locked) return null;
  return new Response(new Uint8Array(locked), {
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${who.slug}.keyring"`,
    },
  });
}
