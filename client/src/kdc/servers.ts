/**
 * Speaking with the key distribution servers: the town's three issuers, each asked in a closed request that the authority carries.
 *
 * Whose answer it is, the manifest says. A part of a key is checked against what the manifest names, so one server that lies is
 * named, and the two others still make the key.
 *
 * @module
 */
import { asCareletError, CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { type IssuerKeys, readIssuerKeys } from '@carelet/crypto/cards/issuer';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import { type Answered, mostNodes, readAnswer, type Said, sayTo } from '@carelet/crypto/kdc/asking';
import { type GrantName, placeOf } from '@carelet/crypto/kdc/grant';
import { renewManifest } from '../enrolment.ts';
import type { Keyring } from '../keyring/keyring.ts';
import { type Authority, connectAuthority, type Where } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';

/** By their places from 1. */
export const servers = [1, 2, 3] as const;

const op = 'ask the key servers';

/** The answer to what was said, of the same kind. */
type AnswerTo<S extends Said> = Answered & { kind: { lay: 'laid'; end: 'ended'; ask: 'parts' }[S['kind']] };

export type KeyServers = {
  /**
   * Says something to one of them.
   *
   * @throws {CareletError} of the kind it refuses with, `unavailable` while it is away, `tampered` where the answer is not its own
   */
  say<S extends Said>(server: number, said: S): Promise<AnswerTo<S>>;
  /** Sees to it that the town has them: the keyring's manifest names them then. */
  found(): Promise<void>;
};

/**
 * The key servers as somebody meets them.
 *
 * @param where the authority, which carries what is said
 */
export function keyServersAt(where: Where, keyring: Keyring, clock: () => number = Date.now): KeyServers {
  // Unsigned: who asks is in the closed request, and no business of whoever carries it.
  const carrying = connectAuthority(where, null, clock);
  let known: Promise<readonly (IssuerKeys | null)[]> | undefined;

  const keysOf = async (server: number): Promise<IssuerKeys> => {
    known ??= keysAt(carrying, keyring);
    const keys = await known.then((all) => all[server - 1]).catch((thrown: unknown) => again(thrown));
    return keys ?? again(new CareletError('unavailable', op, { because: `key server ${server} does not answer` }));
  };
  const again = (thrown: unknown): never => {
    known = undefined;
    throw thrown;
  };

  return {
    async say<S extends Said>(server: number, said: S) {
      const { edVk, hybridPk } = await keysOf(server);
      const at = { town: foundingHash(keyring.manifest), server };
      const { card, secrets } = keyring;
      const request = sayTo(at, hybridPk, { card, edSk: secrets.edSk }, said, Math.floor(clock() / 1000));
      const { sealed } = await carrying.kdc.carry({ server, sealed: request });
      const answered = readAnswer(at, edVk, secrets.hybridSk, request, sealed);
      if (answered?.kind === 'refused') throw new CareletError(answered.as, op, { because: answered.because });
      const expected = { lay: 'laid', end: 'ended', ask: 'parts' }[said.kind];
      if (answered?.kind !== expected) throw new CareletError('tampered', op, { because: `this is no answer of key server ${server}` });
      return answered as AnswerTo<S>;
    },

    async found() {
      if (keyring.manifest.keyServers) return;
      const authority = connectAuthority(where, keyring, clock);
      await renewManifest(authority, keyring);
      if (keyring.manifest.keyServers) return;
      await authority.kdc.found();
      await renewManifest(authority, keyring);
      if (!keyring.manifest.keyServers) throw new CareletError('tampered', op, { because: 'the town manifest names no key servers' });
    },
  };
}

/** The issuers' own keys, each believed as the manifest's issuer says it; `null` where one is away. */
async function keysAt(authority: Authority, { manifest }: Keyring): Promise<(IssuerKeys | null)[]> {
  const { keys } = await authority.kdc.servers();
  return keys.map((bytes, place) => {
    const read = bytes && readIssuerKeys(bytes);
    if (bytes && !(read && equalPublic(read.edVk, manifest.issuers[place]!))) return null;
    return read;
  });
}

/** The keys of nodes, in their order, `null` where too few answered well; and who answered falsely. */
export type NodeKeys = { readonly keys: readonly (Bytes | null)[]; readonly lying: readonly number[] };

/**
 * The keys of nodes of a grant, for its owner or its reader, from two of the three servers; the third is asked where one of the two
 * is away or lies.
 *
 * @throws {CareletError} what the servers refuse with, where fewer than two answer
 */
export async function nodeKeys(
  { keyServers, keyring, mathematics }: { keyServers: KeyServers; keyring: Keyring; mathematics: Mathematics },
  { owner, pat, grant }: GrantName,
  nodes: readonly Bytes[],
): Promise<NodeKeys> {
  const published = keyring.manifest.keyServers;
  if (!published) throw new CareletError('unavailable', op, { because: 'this town has no key servers' });
  const keys: (Bytes | null)[] = [];
  const lying = new Set<number>();
  for (let at = 0; at < nodes.length; at += mostNodes.ask) {
    const some = nodes.slice(at, at + mostNodes.ask);
    const heard: { server: number; parts: readonly Bytes[] }[] = [];
    const refused: unknown[] = [];
    const ask = async (server: number): Promise<void> => {
      try {
        const { parts } = await keyServers.say(server, { kind: 'ask', owner, pat, grant, nodes: some });
        if (parts.length === some.length) heard.push({ server, parts });
        else lying.add(server);
      } catch (thrown) {
        if (asCareletError(thrown, op).kind === 'tampered') lying.add(server);
        refused.push(thrown);
      }
    };
    const put = async () => {
      const jobs = some.map((node, i) => ({
        servers: published,
        place: placeOf({ owner, pat, grant }, node),
        answers: heard.map(({ server, parts }) => ({ server, partial: parts[i]! })),
      }));
      const combined = heard.length < 2 ? [] : await mathematics.combineParts(jobs);
      for (const { wrong } of combined) for (const server of wrong) lying.add(server);
      return some.map((_, i) => combined[i]?.key ?? null);
    };
    const [first, second, third] = servers;
    await Promise.all([ask(first), ask(second)]);
    let made = await put();
    if (made.includes(null)) {
      await ask(third);
      made = await put();
    }
    if (heard.length < 2 && refused.length > 0) throw worst(refused);
    keys.push(...made);
  }
  return { keys, lying: [...lying].sort((a, b) => a - b) };
}

/** Of several refusals the one that says most: a server that refuses rather than one that is away. */
function worst(thrown: readonly unknown[]): unknown {
  return thrown.find((one) => asCareletError(one, op).kind === 'denied') ?? thrown[0];
}
