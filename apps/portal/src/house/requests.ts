/**
 * Requests for access, as pages see them: what a doctor asks, and what became of it.
 *
 * @module
 */
import type { Kind } from '@carelet/care/model';
import type { Given, SensitiveGroup } from './sharing.ts';

/** What is asked. */
export type AskedWhat = {
  readonly kinds: readonly Kind[];
  readonly sensitive: readonly SensitiveGroup[];
  /** The last day on which the doctor would read, `YYYY-MM-DD`. */
  readonly until: string;
  /** In the doctor's own words. */
  readonly why: string;
};

/** Which request: chart and number, hex. */
export type RequestRef = { readonly chart: string; readonly request: string };

/** What waits for a patient's decision. */
export type RequestToMe = AskedWhat &
  RequestRef & {
    readonly doctor: Omit<Given['doctor'], 'carer'>;
    /** UTC milliseconds. */
    readonly asked: number;
  };

/** What a doctor asked of one patient. */
export type RequestByMe = AskedWhat &
  RequestRef & {
    /** UTC milliseconds. */
    readonly asked: number;
    readonly state: 'waits' | 'granted' | 'declined';
  };

export type RequestsToMe = {
  readonly requests: readonly RequestToMe[];
  /** How many came that no doctor of this town asked so; nothing of them is shown. */
  readonly unreadable: number;
};

export type RequestsHouse = {
  /** What doctors ask of the patient who is in, the newest first. */
  requests(): Promise<RequestsToMe>;
  /** Declines: it is gone from the list at once, and the doctor hears of it half a minute later, or when one locks. */
  decline(request: RequestRef & { readonly doctor: string }): Promise<void>;
  /** Takes that back, as long as the doctor has not heard; gives whether it was still time. */
  undecline(request: RequestRef): Promise<boolean>;

  /** What the doctor who is in asked of a patient in the last thirty days: first what waits. */
  asked(patient: string): Promise<RequestByMe[]>;
  /**
   * Asks a patient of whom one sees something.
   *
   * @throws `invalid` for what cannot be asked, `missing` for a patient who has no keyring yet, `conflict` when too much waits
   *   already, `unavailable` when the cloud does not answer
   */
  askFor(patient: string, what: AskedWhat): Promise<void>;
  /** @throws `conflict` when it was answered meanwhile */
  withdraw(request: RequestRef): Promise<void>;
};
