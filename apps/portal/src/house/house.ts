/**
 * What the pages may ask: everything behind this interface runs in the worker, where the keys are.
 *
 * Pages see values that are ready to be shown and nothing that opens anything. Times are UTC milliseconds, byte
 * strings that name something (a patient, a record) are hex, words of medicine are as the record says them.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import type { AdminHouse } from './admin.ts';
import type { EmergencyHouse } from './break-glass.ts';
import type { Item, ItemView } from './items.ts';
import type { LimitsHouse } from './limits.ts';
import type { Ending, Overview, PatientLine, Triage } from './patients.ts';
import type { Proof } from './proof.ts';
import type { ReceiptsHouse } from './receipts.ts';
import type { RequestsHouse } from './requests.ts';
import type { RoleStep, RolesHouse } from './roles.ts';
import type { SharingHouse } from './sharing.ts';
import type { HeartTrace, VitalName, VitalView } from './vitals.ts';

/** Which door somebody came through. */
export type Door = 'patient' | 'doctor' | 'admin';

/** Whoever has unlocked. */
export type Someone = {
  readonly door: Door;
  /** As people say it: `Ada Marlow`. */
  readonly title: string;
  /** The keyring's short name: `ada`. */
  readonly name: string;
  /** Card number in groups of four hex digits, to be read aloud. */
  readonly number: string;
  /** Of the card: a patient compares it before she shares with a doctor. */
  readonly fingerprint: string;
  /** A doctor's standing with the authority. */
  readonly standing: { readonly kind: 'approved' | 'waiting' } | { readonly kind: 'rejected'; readonly reason: string } | null;
  /** Where a doctor has keys, or an administrator's office: names of organisations. */
  readonly organisations: readonly string[];
  /** Until when a doctor's keys open anything, those that ended among them; the soonest first. */
  readonly endings: readonly Ending[];
  /** Whether a copy of this keyring was saved outside this browser, as far as we know. */
  readonly kept: boolean;
};

/** A keyring that rests in this browser. */
export type RestingKeyring = { readonly name: string; readonly title: string; readonly door: Door };

/** What the house tells while it works. */
export type HouseEvent =
  /** A patient's records are being opened, counted in sealed parts; `of` grows as more is found, and is `null` until something is known. */
  | { readonly kind: 'opening'; readonly patient: string; readonly opened: number; readonly of: number | null }
  | { readonly kind: 'opened'; readonly patient: string; readonly records: number }
  /** Something new lies in a patient's chart and was opened; `null`: look at everything again. */
  | { readonly kind: 'changed'; readonly patient: string | null }
  /** Keys of what is being shared are made; `of` grows with each chart that is begun. */
  | { readonly kind: 'sharing'; readonly done: number; readonly of: number }
  /** What has happened to a key of one's own that is being taken. */
  | { readonly kind: 'taking'; readonly step: RoleStep }
  | { readonly kind: 'online' }
  | { readonly kind: 'offline' };

/** Failures cross from the worker as this; its `message` is a sentence of `CareletError`. */
export type HouseError = {
  readonly kind: 'invalid' | 'denied' | 'missing' | 'conflict' | 'cannot-open' | 'tampered' | 'unavailable' | 'internal';
  readonly message: string;
};

/** Which records of a patient, newest first; what is left out does not narrow. */
export type ItemFilter = {
  /** Kinds as `care/model` names them. */
  readonly kinds?: readonly string[];
  /** UTC milliseconds, `from` included, `to` not. */
  readonly from?: number;
  readonly to?: number;
  /** Hex of an organisation's card. */
  readonly place?: string;
};

export type House = AdminHouse &
  SharingHouse &
  LimitsHouse &
  ReceiptsHouse &
  RequestsHouse &
  RolesHouse &
  EmergencyHouse & {
    /** Keyrings that rest, locked, in this browser. */
    resting(): Promise<RestingKeyring[]>;
    /**
     * Opens a keyring; the charts begin to open behind it.
     *
     * @param from a locked keyring file, or the name of one that rests here
     * @param keep whether it may rest in this browser, locked, for the next time
     * @throws `cannot-open` for a wrong passphrase and a changed file alike
     */
    unlock(from: Uint8Array | string, passphrase: string, keep: boolean): Promise<Someone>;
    /** Forgets every key and every plaintext of this page. */
    lock(): Promise<void>;
    /** The locked keyring as a file to keep; from then on `kept` says so. */
    keyringFile(): Promise<{ readonly name: string; readonly locked: Uint8Array }>;
    /** Takes a keyring out of this browser. */
    forget(name: string): Promise<void>;
    /** Who one is now, asked anew (a doctor's standing may have changed). */
    whoami(): Promise<Someone>;

    /** Told what happens from now on; a second call replaces the first. */
    watch(told: (event: HouseEvent) => void): Promise<void>;
    /** Stops opening a patient's records; asking for them again goes on. */
    stop(patient: string): Promise<void>;

    /** Everyone whose records one may open something of; of a patient, herself. By name. */
    patients(): Promise<PatientLine[]>;
    /** A patient at a glance; waits until her charts are open. */
    overview(patient: string): Promise<Overview>;
    items(patient: string, filter: ItemFilter): Promise<Item[]>;
    item(patient: string, item: string): Promise<ItemView>;
    /** @param days how far back from now */
    vital(patient: string, vital: VitalName, days: number): Promise<VitalView>;
    /** The waveforms of one record; `NaN` where nothing was measured. */
    trace(patient: string, item: string): Promise<HeartTrace>;
    /** What the cloud holds of one record, fetched now, beside what these keys open it to. */
    proof(patient: string, item: string): Promise<Proof>;
    /** Opens one fetched part with one byte changed, or as somebody else: what a thief's try gives. Nothing is changed in the cloud. */
    attempt(patient: string, item: string, part: Part, how: 'one-byte' | 'another-key'): Promise<{ readonly opened: boolean }>;
    /** A doctor's list: who needs a look, most pressing first. */
    triage(): Promise<Triage>;
    /** Notes, sealed in this browser, that this patient was looked at now: what is new comes after it. */
    lookedAt(patient: string): Promise<void>;
    /** Takes that back: the look before this visit counts again; that one taken back, none does. */
    notLookedAt(patient: string): Promise<void>;
  };
