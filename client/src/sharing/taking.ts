/**
 * A key while it is taken, step by step: who has answered, and where it stopped.
 *
 * Each step is told when it has happened. What issuers answer comes by the authority, which is asked while it waits for them.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import type { Keyring } from '../keyring/keyring.ts';
import type { Authority } from '../login.ts';
import { type OwnRoles, ownRoles } from './own-roles.ts';

/** On whom a key waits. */
export type TakingParty = 'authority' | 'issuers' | 'cloud' | 'clinic' | 'check';

type OfKey = {
  /** As in an issued key: of one for emergencies, the number of the organisation's emergencies. */
  readonly organisation: Bytes;
  readonly emergency: boolean;
};

/** What has happened. */
export type TakingStep =
  /** She is approved, and the issuers are asked; what each calls itself, as far as the authority says. */
  | { readonly kind: 'asking'; readonly offices: readonly (string | null)[] }
  /** One of the three issuers, by its place in the manifest and what it calls itself, answered for a role's key, or is away. */
  | ({ readonly kind: 'issuer'; readonly office: string | null } & Pick<OfKey, 'organisation'> &
      OwnRoles['policies'][number]['answers'][number])
  /** The parts of a key are here, made by these two. */
  | ({ readonly kind: 'issued'; readonly issuers: readonly number[] } & OfKey)
  /** The cloud keeps its part. */
  | ({ readonly kind: 'cloud' } & OfKey)
  /** A clinic keeps its part. */
  | ({ readonly kind: 'clinic'; readonly clinic: Bytes } & OfKey)
  /** Cloud, clinic and she together come to a key of this organisation; she keeps hers. */
  | ({ readonly kind: 'checked' } & OfKey)
  /** It does not go on now; what she held before she still holds. */
  | { readonly kind: 'stopped'; readonly at: TakingParty; readonly because: CareletError['kind'] };

/** Who is told, and by which clock. */
export type Told = { readonly tell: (step: TakingStep) => void; readonly clock?: () => number };

/** How often the authority is asked while the issuers make a key, in milliseconds. */
const often = 250;

/** One taking of keys. */
export type Taking = {
  readonly tell: (step: TakingStep) => void;
  /** On whom it waits from now on. */
  waitsFor(party: TakingParty): void;
  /** Has the issuers make what is wanted, and tells how each answers, as it does. */
  whileIssuing<T>(authority: Authority, keyring: Keyring, work: () => Promise<T>): Promise<T>;
  /** Says where it stopped, and throws on. */
  stopped(thrown: unknown): never;
};

export function taking(told: Told | undefined): Taking {
  let waitsFor: TakingParty = 'authority';
  const tell = (step: TakingStep) => told?.tell(step);

  return {
    tell,
    waitsFor(party) {
      waitsFor = party;
    },

    async whileIssuing(authority, keyring, work) {
      waitsFor = 'authority';
      if (!told) return work();
      const { clock = Date.now } = told;
      let known = new Map<string, IssuerStep>();
      let offices: readonly (string | null)[] = [];
      const look = async (heard: (step: IssuerStep) => void): Promise<boolean> => {
        const seen = await ownRoles(authority, keyring, Math.floor(clock() / 1000)).catch(() => null);
        if (!seen) return false;
        const before = known;
        offices = seen.offices;
        known = new Map(answersIn(seen));
        for (const [name, step] of known) if (before.get(name)?.said !== step.said) heard(step);
        return true;
      };
      // What an earlier try left is known, and not told.
      await look(() => {});
      tell({ kind: 'asking', offices });
      let busy = true;
      const working = work().finally(() => {
        busy = false;
      });
      const following = async () => {
        while (busy) {
          await Promise.race([working.catch(() => {}), new Promise((done) => setTimeout(done, often))]);
          if (busy) await look(tell);
        }
      };
      const [came] = await Promise.allSettled([working, following()]);
      const answers = await look(tell);
      if (came.status === 'fulfilled') return came.value;
      // An authority that still tells how far it is, is not what is away.
      if (answers) waitsFor = 'issuers';
      throw came.reason;
    },

    stopped(thrown) {
      tell({ kind: 'stopped', at: waitsFor, because: thrown instanceof CareletError ? thrown.kind : 'internal' });
      throw thrown;
    },
  };
}

type IssuerStep = Extract<TakingStep, { kind: 'issuer' }>;

const answersIn = ({ policies, offices }: OwnRoles): [string, IssuerStep][] =>
  policies.flatMap(({ organisation, answers }) =>
    answers.map((answer): [string, IssuerStep] => [
      `${hex(organisation)} ${answer.issuer}`,
      { kind: 'issuer', organisation, office: offices[answer.issuer] ?? null, ...answer },
    ]),
  );
