/**
 * Whoever has unlocked: her keyring, her drawer, and the services as she may ask them.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { cloudletsOf } from '@carelet/client/cloudlets';
import { renewManifest } from '@carelet/client/enrolment';
import { type KeyServers, keyServersAt } from '@carelet/client/kdc/servers';
import { type DoctorKey, decodeKeyring, encodeKeyring, type Keyring, nothingSeen, nothingShared } from '@carelet/client/keyring/keyring';
import { numbersOf, readingNumbers } from '@carelet/client/keyring/numbers';
import { type Lock, lock as lockWith, unlock as unlockWith } from '@carelet/client/keyring/passphrase';
import { type Authority, type Cloud, type Cloudlet, connectAuthority, connectCloud } from '@carelet/client/login';
import { witnessAsDevice } from '@carelet/client/receipts/device';
import { togetherSeen } from '@carelet/client/receipts/remembered';
import { offerHalf } from '@carelet/client/sharing/received';
import { together } from '@carelet/client/sharing/remembered';
import { type TakenKeys, takeDoctorKeys } from '@carelet/client/sharing/roles';
import type { TakingStep } from '@carelet/client/sharing/taking';
import { type Bytes, equalPublic, hex, wipe } from '@carelet/crypto/algebra/bytes';
import type { CardKind } from '@carelet/crypto/cards/card';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import type { Door, Someone } from '../house/house.ts';
import { type Drawer, fillFrom, openDrawer, sealDrawer, takeNumbers } from './drawer.ts';
import { endingLines, endingsOf } from './endings.ts';
import { freeName } from './free-name.ts';
import { type LookNote, type LookNotes, takeOver } from './looks.ts';
import type { Resting, Store } from './store.ts';
import type { Surroundings, TownMap } from './surroundings.ts';

/** Somebody by one number, with the services as they meet it. */
export type Acting = {
  readonly keyring: Keyring;
  readonly authority: Authority;
  readonly cloud: Cloud;
  readonly cloudletOf: (organisation: Bytes) => Cloudlet | null;
  readonly keyServers: KeyServers;
};

export type Person = Acting & {
  readonly door: Door;
  readonly map: TownMap;
  /** The same as one of a doctor's numbers. */
  by(number: Keyring): Acting;
  /** As each of the numbers that may read; but for doctors there is one. */
  byAll(): readonly Acting[];
  /** What was noted last of each patient. */
  readonly looks: LookNotes;
  /** The same as it was when this visit began. */
  readonly looksBefore: ReadonlyMap<string, LookNote>;
  someone(): Someone;
  /** Takes the town's word for who she is now; what she had before stays where the authority cannot be reached, or not within `patience` ms; a doctor who takes keys is `told` each step. */
  renew(patience?: number, told?: (step: TakingStep) => void): Promise<void>;
  /** Whether anything is kept here when she locks. */
  keeps(): boolean;
  /** Keeps the keyring itself where it rests: it has a number more. Copies elsewhere lack it until one is saved anew. */
  keepKeyring(): Promise<void>;
  /** The keyring as a file to keep. */
  file(): { readonly name: string; readonly locked: Bytes };
  /** Keeps the drawer soon. */
  touched(): void;
  /** Keeps the drawer now: what she did herself has to last. */
  keep(): Promise<void>;
  /** Signs what she saw of the cloud's log, for those who read her charts; tells whether it did: not where what she saw is not kept here. */
  witness(): Promise<boolean>;
  /** Keeps nothing any more, if it is this keyring that was taken out of the store. */
  forgotten(name: string): void;
  /** Keeps what is to be kept, then forgets every key. */
  forget(): Promise<void>;
};

const doors: { readonly [K in CardKind]?: Door } = { patient: 'patient', doctor: 'doctor', administrator: 'admin' };

/** What a keyring is opened from: its bytes, or its name where it rests here. */
export type KeyringSource = Bytes | string;

/**
 * Opens a keyring.
 *
 * @throws {CareletError} `cannot-open`, always in the same words: for a wrong passphrase, changed bytes, a name nothing
 * rests under; `invalid` for bytes that are no keyring, which is told before any passphrase is tried; `denied` for a
 * keyring no door is for, once it is open
 */
export async function openPerson(around: Surroundings, from: KeyringSource, passphrase: string, keep: boolean): Promise<Person> {
  const bytes = typeof from === 'string' ? (await around.store.keyring(from))?.locked : from;
  const { keyring, lock } = await opened(bytes, passphrase);
  // Bytes that somebody brought lie somewhere else, too.
  return moveIn(around, keyring, lock, {
    locked: bytes!,
    keep,
    kept: typeof from !== 'string',
    as: typeof from === 'string' ? from : null,
  });
}

/** Moves a new keyring in; it rests here from now on, and nowhere else. */
export const newPerson = (around: Surroundings, keyring: Keyring, lock: Lock): Promise<Person> =>
  moveIn(around, keyring, lock, { locked: locked(keyring, lock), keep: true, kept: false, as: null });

/** A keyring as it may rest anywhere. */
function locked(keyring: Keyring, lock: Lock): Bytes {
  const content = encodeKeyring(keyring);
  try {
    return lockWith(lock, content);
  } finally {
    wipe(content);
  }
}

async function opened(bytes: Bytes | undefined, passphrase: string): Promise<{ keyring: Keyring; lock: Lock }> {
  const refuse = (cause?: unknown) =>
    new CareletError('cannot-open', 'unlock keyring', { because: 'wrong passphrase, or the file was changed', cause });
  if (!bytes) throw refuse();
  const { content, lock } = await unlockWith(passphrase, bytes).catch((thrown: unknown) => {
    // A browser that cannot stretch a passphrase at all is not a wrong passphrase.
    throw thrown instanceof CareletError && thrown.kind === 'cannot-open' ? refuse(thrown) : thrown;
  });
  const keyring = decodeKeyring(content);
  wipe(content);
  return { keyring, lock };
}

type Rest = {
  readonly locked: Bytes;
  readonly keep: boolean;
  readonly kept: boolean;
  /** The name it rests under already. */
  readonly as: string | null;
};

async function moveIn(
  around: Surroundings,
  keyring: Keyring,
  lock: Lock,
  { locked: bytes, keep, kept: broughtAlong, as }: Rest,
): Promise<Person> {
  const { store, clock, mathematics } = around;
  const door = doors[keyring.card.kind];
  if (!door) {
    forgetSecrets(keyring, lock);
    throw new CareletError('denied', 'unlock keyring', { because: 'this portal has no door for it' });
  }
  const card = hex(keyring.card.id);
  const map = await around.map();
  const acting = new Map<Keyring, Acting>();
  const by = (number: Keyring): Acting => {
    const known = acting.get(number) ?? {
      keyring: number,
      authority: connectAuthority(map.authority, number, clock),
      cloud: connectCloud(map.cloud, number, clock),
      cloudletOf: cloudletsOf(map.cloudlets, number, clock),
      keyServers: keyServersAt(map.authority, number, clock),
    };
    acting.set(number, known);
    return known;
  };
  const { authority, cloud } = by(keyring);

  const lay = await store.drawer(card).catch(() => null);
  const drawer = lay && openDrawer(keyring, lay);
  if (drawer) fillFrom(keyring, drawer);
  const looks: LookNotes = new Map(Object.entries(drawer?.looks ?? {}));
  let endings = endingsOf(keysOf(keyring), new Map(Object.entries(drawer?.endings ?? {})), clock());
  let kept = broughtAlong || drawer?.kept === true;
  let standing: Someone['standing'] = door === 'doctor' && keysOf(keyring).length > 0 ? { kind: 'approved' } : null;
  let office: string | null = null;
  let soon: ReturnType<typeof setTimeout> | undefined;
  // Also of one that is not to be kept: whoever takes it out by its name must not take out another's.
  const name = as ?? (await nameFor(store, keyring));
  /** Where it rests here, or will; `null` where nothing is kept. */
  let rests = keep ? name : null;

  /** A doctor takes her keys by one of her numbers; `null` for one that is not registered. */
  const standingBy = async ({ keyring: number, ...services }: Acting, told?: (step: TakingStep) => void): Promise<Someone['standing']> => {
    const taken = await unless('missing', async () =>
      takeDoctorKeys({ ...services, clock }, number, mathematics, told && { tell: told, clock }),
    );
    const how = taken && standingFrom(taken);
    // So that patients can share with her; who is away now is asked the next time.
    if (how?.kind === 'approved') {
      await offerHalf({ keyring: number, save: async () => person.touched(), cloud: services.cloud, mathematics }).catch(() => {});
    }
    return how;
  };

  const renewed = async (told?: (step: TakingStep) => void) => {
    switch (door) {
      case 'doctor':
        standing = standingOf(await Promise.all(numbersOf(keyring).map((number) => standingBy(by(number), told))));
        return;
      case 'admin':
        await renewManifest(authority, keyring);
        office = await unless('denied', async () => (await authority.enrolment.office()).organisation);
        return;
      case 'patient':
        await renewManifest(authority, keyring);
    }
  };

  /** Promises that were due here once; those of another window are its own to ask about. */
  const dueHere = new Set<string>();
  const dueElsewhere = (other: Drawer | null): Bytes[] => {
    for (const promise of keyring.receipts.due) dueHere.add(hex(promise));
    return other?.receipts.due.filter((promise) => !dueHere.has(hex(promise))) ?? [];
  };

  const keepNow = async () => {
    clearTimeout(soon);
    soon = undefined;
    if (rests === null) return;
    // Another window of this browser may have noted something meanwhile.
    const there = await store.drawer(card).catch(() => null);
    if (rests === null) return;
    const other = there ? openDrawer(keyring, there) : null;
    takeOver(looks, Object.entries(other?.looks ?? {}));
    if (other) keyring.sharing = together(keyring.sharing, other.sharing);
    takeNumbers(keyring, other?.elsewhere ?? [], (own, there) => {
      own.sharing = together(own.sharing, there.sharing);
      Object.assign(own.receipts, togetherSeen(own.receipts, { ...there.receipts, due: [] }));
    });
    const receipts = togetherSeen(keyring.receipts, { ...(other?.receipts ?? nothingSeen()), due: dueElsewhere(other) });
    const { manifest, doctorKeys, emergencyKeys, opened, sharing, elsewhere } = keyring;
    const noted = { looks: Object.fromEntries(looks), endings: Object.fromEntries(endings) };
    const content = { manifest, doctorKeys, emergencyKeys, opened, sharing, receipts, elsewhere, ...noted, kept };
    // A browser that keeps nothing more is no reason to show nothing.
    await store.keepDrawer(card, sealDrawer(keyring, content)).catch(() => {});
  };
  let keeping = Promise.resolve();
  /** One after another, so that none goes on when the keys are gone. */
  const keepDrawer = () => {
    keeping = keeping.then(keepNow);
    return keeping;
  };

  const person: Person = {
    ...by(keyring),
    door,
    map,
    by,
    byAll: () => readingNumbers(keyring).map(by),
    looks,
    looksBefore: new Map(looks),
    someone: () => ({
      door,
      title: keyring.title,
      name,
      number: card.replace(/(.{4})(?=.)/g, '$1 '),
      fingerprint: fingerprint(keyring.card),
      standing,
      organisations: door === 'admin' ? (office === null ? [] : [office]) : placesOf(keyring),
      endings: endingLines(endings, (organisation) => nameOf(keyring, organisation)),
      kept,
    }),
    async renew(patience = longestRenewal, told) {
      try {
        await within(patience, renewed(told));
      } catch (thrown) {
        // An authority that is away changes nothing.
        if (!(thrown instanceof CareletError) || thrown.kind !== 'unavailable') throw thrown;
      }
      endings = endingsOf(keysOf(keyring), endings, clock());
      person.touched();
    },
    keeps: () => rests !== null,
    async keepKeyring() {
      kept = false;
      if (rests !== null) await store.rest({ name: rests, title: keyring.title, door, card, locked: locked(keyring, lock) });
      await keepDrawer();
    },
    file() {
      kept = true;
      person.touched();
      return { name: `${keyring.name}.keyring`, locked: locked(keyring, lock) };
    },
    touched() {
      soon ??= setTimeout(() => void keepDrawer(), drawerWaits);
    },
    keep: keepDrawer,
    async witness() {
      if (rests === null) return false;
      // What is wrong with the log is told where it is read; a cloud that is away is signed for the next time.
      const done = await witnessAsDevice({ keyring, cloud, keep: keepDrawer, clock }).catch(() => null);
      return done?.kind === 'signed';
    },
    forgotten(taken) {
      if (taken === rests) rests = null;
    },
    async forget() {
      await keepDrawer();
      rests = null;
      forgetSecrets(keyring, lock);
    },
  };
  await person.renew().catch((thrown: unknown) => {
    clearTimeout(soon);
    rests = null;
    forgetSecrets(keyring, lock);
    throw thrown;
  });
  if (rests !== null) {
    const resting: Resting = { name: rests, title: keyring.title, door, card, locked: bytes };
    await store.rest(resting).catch(() => {});
  }
  return person;
}

/** Its own name, or one like it where somebody else's rests under that. */
async function nameFor(store: Store, { name, card }: Keyring): Promise<string> {
  const resting = await store.keyrings().catch(() => []);
  const own = resting.find((one) => one.card === hex(card.id));
  const taken = new Set(resting.map((one) => one.name));
  return own?.name ?? (taken.has(name) ? freeName(name, taken) : name);
}

/** How long changes wait for others before the drawer is written, in milliseconds. */
const drawerWaits = 1_000;
/** How long a slow authority may keep somebody from her records, in milliseconds. */
const longestRenewal = 8_000;

/** What is asked for, or `null` for a refusal of this kind: nobody registered, no administrator. */
async function unless<T>(kind: CareletError['kind'], ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof CareletError && thrown.kind === kind) return null;
    throw thrown;
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CareletError('unavailable', 'ask the authority', { because: 'it takes too long' })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function standingFrom(taken: TakenKeys): Someone['standing'] {
  switch (taken.kind) {
    case 'taken':
    case 'unmediated':
      return { kind: 'approved' };
    case 'waiting':
      return taken;
    case 'rejected':
      return taken;
  }
}

/** How a doctor stands who has asked by these numbers: let in once she is at one of her places. */
const standingOf = (all: readonly Someone['standing'][]): Someone['standing'] =>
  all.find((one) => one?.kind === 'approved') ?? all.find((one) => one !== null) ?? null;

/** A doctor's keys by all her numbers. */
export const keysOf = (keyring: Keyring): DoctorKey[] => numbersOf(keyring).flatMap(({ doctorKeys }) => doctorKeys);

/** The organisations whose keys somebody has. */
const placesOf = (keyring: Keyring): string[] =>
  keyring.manifest.domains
    .filter((domain) => keysOf(keyring).some((key) => equalPublic(key.organisation, domain.organisation)))
    .map(({ name }) => name);

/** An organisation's name, by its card in hex. */
const nameOf = ({ manifest }: Keyring, organisation: string): string | undefined =>
  manifest.domains.find((domain) => hex(domain.organisation) === organisation)?.name;

/** Overwrites what JavaScript lets us overwrite. */
function forgetSecrets(keyring: Keyring, { key }: Lock): void {
  wipe(key);
  for (const number of numbersOf(keyring)) forgetNumber(number);
  keyring.elsewhere = [];
}

function forgetNumber(keyring: Keyring): void {
  wipe(keyring.secrets.edSk, keyring.secrets.hybridSk);
  for (const one of [...keyring.doctorKeys, ...keyring.emergencyKeys]) wipe(...one.factors, one.pq);
  wipe(...Object.values(keyring.opened));
  const { patient, half } = keyring.sharing;
  wipe(...(patient ? [patient.root, patient.pq] : []), ...(half ? [half.secret] : []));
  keyring.doctorKeys = [];
  keyring.emergencyKeys = [];
  keyring.opened = {};
  keyring.sharing = nothingShared();
}
