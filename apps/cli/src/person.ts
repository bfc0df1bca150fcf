/**
 * Standing before the town as somebody: the keyring unlocked, the services at the other end of the line.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { renewManifest } from '@carelet/client/enrolment';
import type { KeyringFile } from '@carelet/client/keyring/file';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { numbersOf, readingNumbers } from '@carelet/client/keyring/numbers';
import { type Authority, type Cloud, connectAuthority, connectCloud } from '@carelet/client/login';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { CardKind } from '@carelet/crypto/cards/card';
import type { TownAddresses } from '@carelet/testbed/town';
import type { Io } from './io.ts';
import { holdKeyring } from './keyring-lock.ts';
import { findTown, type Whereabouts } from './town.ts';
import { pathOf, unlock } from './unlock.ts';

export type Who = Whereabouts & { readonly as: string };

/** Somebody by one number, with authority and cloud as they meet it. */
export type Acting = { readonly keyring: Keyring; readonly authority: Authority; readonly cloud: Cloud };

/** Somebody, unlocked, with the town at the other end of the line. */
export type Person = AsyncDisposable &
  Acting & {
    readonly town: TownAddresses;
    /** The same as one of a doctor's numbers, of this keyring. */
    readonly by: (number: Keyring) => Acting;
    /** As each of the numbers by which she reads; but for doctors there is one. */
    readonly byAll: () => readonly Acting[];
    /** Puts the keyring on disk. */
    readonly save: () => Promise<void>;
    /** Whether what is learned on the way is put on disk: not while another command changes this keyring. */
    readonly keeps: boolean;
    /** Puts on disk what was learned on the way: opened node keys, a later manifest, the cloud's log as it was seen. */
    readonly keep: () => Promise<void>;
  };

export type Entering = {
  /** What is being done, for the error: `import records`. */
  readonly op: string;
  /** Who may do it. */
  readonly kinds: readonly CardKind[];
  /** Whether the keyring will be changed by more than what is learned on the way. */
  readonly writes?: boolean;
};

const kindWords: Record<CardKind, string> = {
  patient: 'a patient',
  doctor: 'a doctor',
  organisation: 'an organisation',
  administrator: 'an administrator',
  cradle: 'a cradle',
  device: 'a device',
  team: 'a team',
};

/** `a patient`, `an organisation`. */
export const kindInWords = (kind: CardKind): string => kindWords[kind];

/**
 * Unlocks a keyring and connects as its owner; `await using` lets go of it.
 *
 * @throws {CareletError} `missing` for a name nobody has, `cannot-open` for a wrong passphrase, `denied` for the
 *   wrong kind of keyring, `conflict` while another command changes it
 */
export async function enter(io: Io, who: Who, { op, kinds, writes = false }: Entering): Promise<Person> {
  const town = await findTown(io, who);
  const held = await holdKeyring(await pathOf(io, who, who.as));
  try {
    if (!held && writes) {
      throw new CareletError('conflict', op, { subject: who.as, because: 'another command is using this keyring; wait until it is done' });
    }
    const file = await unlock(io, who, who.as);
    mustBe(file.keyring, kinds, op);
    return await connected(io, town, file, held);
  } catch (thrown) {
    await held?.[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** Refuses a keyring of the wrong kind. */
export function mustBe({ name, card }: Keyring, kinds: readonly CardKind[], op: string): void {
  if (kinds.includes(card.kind)) return;
  const wanted = kinds.map(kindInWords).join(' or ');
  throw new CareletError('denied', op, {
    subject: name,
    because: `${wanted} does that, and this is the keyring of ${kindInWords(card.kind)}`,
  });
}

async function connected(io: Io, town: TownAddresses, file: KeyringFile, held: AsyncDisposable | null): Promise<Person> {
  const { keyring } = file;
  const acting = new Map<Keyring, Acting>();
  const by = (number: Keyring): Acting => {
    const known = acting.get(number) ?? {
      keyring: number,
      authority: connectAuthority(town.authority, number, io.clock),
      cloud: connectCloud(town.cloud, number, io.clock),
    };
    acting.set(number, known);
    return known;
  };
  const own = by(keyring);
  const learned = () => {
    const ofNumber = ({ manifest, opened, receipts: { seen, due, mediators, reviews } }: Keyring) => {
      const looked = [...Object.values(mediators).map(hex), ...Object.values(reviews)];
      return `${manifest.serial} ${Object.keys(opened).length} ${seen && hex(seen)} ${due.length} ${looked}`;
    };
    return numbersOf(keyring).map(ofNumber).join('; ');
  };
  let kept = learned();
  try {
    await renewManifest(own.authority, keyring);
  } catch (thrown) {
    // Without the authority one works with the manifest one has.
    if (!(thrown instanceof CareletError) || thrown.kind !== 'unavailable') throw thrown;
  }
  const save = async () => {
    await file.save();
    kept = learned();
  };
  return {
    ...own,
    town,
    by,
    byAll: () => readingNumbers(keyring).map(by),
    save,
    keeps: held !== null,
    keep: async () => {
      if (held && learned() !== kept) await save();
    },
    [Symbol.asyncDispose]: async () => held?.[Symbol.asyncDispose](),
  };
}
