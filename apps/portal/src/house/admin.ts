/**
 * What a clinic's administrator may ask, and what anyone may who is not enrolled yet.
 *
 * @module
 */
import type { Policy } from '@carelet/care/rules/sharing/policy';
import type { Someone } from './house.ts';
import type { Making } from './roles.ts';

export type DoctorState = 'pending' | 'approved' | 'rejected';

/** A policy as a form fills it; the rest follows from the organisation. */
export type PolicyChoice = {
  /** Name of the organisation whose records it opens. */
  readonly organisation: string;
  readonly kinds: readonly string[];
  /** Whether names and addresses may be opened too, not only medical content. */
  readonly identity: boolean;
  /** Whether she may open more of one patient in an emergency, and say why. */
  readonly breakGlass: boolean;
  /** Last day, `2027-02-18`. */
  readonly until: string;
  /** The rule it began with, as somebody signed it: what no form asks stays as it is there. */
  readonly as?: Policy | undefined;
};

export type SignedPolicy = Making & {
  readonly organisation: string;
  /** In plain words, as it was signed. */
  readonly words: string;
  /** The same for a page to say in its own language; `null` for a policy of a form that no page makes. */
  readonly plainly: {
    readonly opens: readonly string[] /** How many people's; `null`: everyone's. */;
    readonly patients: number | null;
    readonly breakGlass: boolean;
  } | null;
  /** As it was signed, its lists in the order people know. */
  readonly policy: Policy;
  /** The choice that a form begins with to sign the very same. */
  readonly choice: PolicyChoice;
  readonly until: string;
  /** Names of the administrators who signed, and their offices. */
  readonly approvals: readonly string[];
  /** Whether one has signed this one oneself. */
  readonly mine: boolean;
  readonly needed: number;
  readonly template: BesideTemplate;
};

/** How a rule stands to the template of a specialty, or where that has none to the one for every doctor: in how many lines it is another. */
export type BesideTemplate = { readonly specialty: string | null; readonly lines: number };

/** What a doctor of a specialty usually needs, as a form begins with it. */
export type Usual = Pick<PolicyChoice, 'kinds' | 'identity'>;

/** Whose records a rule is about: everyone's, or so many patients' and teams'. */
export type Whom = 'everyone' | { readonly patients: number; readonly teams: number };

/** What a choice would open and what not, in words that pages have their own for. */
export type ChoiceInWords = {
  readonly words: string;
  readonly opens: readonly string[];
  readonly withholds: readonly string[];
  /** What narrows it, or opens charts beside: nothing of a rule that begins in a form. */
  readonly limits: {
    readonly whom: Whom;
    readonly from: string;
    /** Below the organisation, `cardio/icu`; empty for the whole of it. */
    readonly unit: string;
    /** Charts that name the doctor while they are open to named doctors only. */
    readonly named: number;
  };
  /** How it differs from each rule it was laid beside, in their order. */
  readonly changes: readonly RuleChange[];
  readonly template: BesideTemplate;
};

/** What one rule opens that another does not. */
export type Beyond = {
  /** In the words of `ChoiceInWords`. */
  readonly said: readonly string[];
  readonly whom: Exclude<Whom, 'everyone'>;
  readonly named: number;
  readonly breakGlass: boolean;
};

type Instead<Value = string> = { readonly before: Value; readonly now: Value };

/** How a choice differs from a rule that was signed, in everything a rule says; what both say alike is left out. */
export type RuleChange = {
  readonly same: boolean;
  readonly more: Beyond;
  readonly less: Beyond;
  readonly whom?: Instead<Whom>;
  /** Names of organisations. */
  readonly place?: Instead;
  readonly unit?: Instead;
  readonly from?: Instead;
  readonly until?: Instead;
};

export type DoctorLine = {
  readonly id: string;
  readonly name: string;
  readonly certificate: string;
  readonly specialty: string;
  readonly organisation: string;
  readonly state: DoctorState;
  readonly fingerprint: string;
  readonly registered: number;
  readonly reason: string | null;
  readonly policies: readonly SignedPolicy[];
  /** Roles asked for that nobody let her have yet: where, what for, when (UTC milliseconds). */
  readonly asks: readonly { readonly organisation: string; readonly specialty: string; readonly at: number; readonly usual: Usual }[];
  readonly usual: Usual;
};

/** Who has heard that a doctor's keys ended; whoever has not hears of it within a minute of answering again. */
export type Heard = {
  readonly cloud: boolean;
  /** How many of the clinics' boxes have heard, and how many there are. */
  readonly clinics: number;
  readonly of: number;
};

export type CloudletStatus = {
  readonly organisation: string;
  readonly health: 'well' | 'unwell' | 'silent';
  readonly because: readonly string[];
  readonly devices: number;
  readonly waiting: number;
  readonly forwarded: number;
  readonly cloud: 'reachable' | 'unreachable' | 'unknown';
  readonly lastForward: number | null;
  /** Of the oldest strip that waits. */
  readonly waitingSince: number | null;
  /** Times in the last 30 days in which the cloud could not be reached, and since when it cannot now. */
  readonly outages: number;
  readonly outageSince: number | null;
  /** Batches of the last 30 days that the cloud took without writing down that it did. */
  readonly unkept: number;
};

/** A device of a clinic: whether it speaks, never what it says. */
export type DeviceLine = {
  readonly id: string;
  /** `offered` until a patient took its code, `ended` once it was taken out. */
  readonly state: 'offered' | 'paired' | 'ended';
  /** Whose it is, as far as a clinic's box knows: devices of one person have the same. */
  readonly person: string | null;
  readonly expires: number | null;
  readonly lastSeen: number | null;
  readonly lastReading: number | null;
  readonly urgency: 'emergency' | 'monitoring' | 'routine' | null;
  /** Per cent. */
  readonly battery: number | null;
  /** Strips that wait on the device, as it says, and at the clinic. */
  readonly waitsThere: number | null;
  readonly waitsHere: number;
  /** Strips at the clinic that the cloud will not have. */
  readonly refused: number;
  /** Emergencies that were one too many, and went as monitoring. */
  readonly demoted: number;
};

export type ClinicDevices = {
  readonly organisation: string;
  /** `null` while its box does not answer. */
  readonly devices: readonly DeviceLine[] | null;
};

export type TownStatus = {
  readonly town: string;
  readonly at: number;
  readonly cloudlets: readonly CloudletStatus[];
  readonly cloud: {
    readonly health: 'well' | 'unwell' | 'silent';
    readonly charts: number;
    readonly parts: number;
    readonly bytes: number;
  };
  readonly authority: {
    readonly health: 'well' | 'unwell' | 'silent';
    readonly doctors: Readonly<Record<DoctorState, number>>;
    readonly organisations: readonly string[];
  };
};

/** What came in over the last two hours, at all clinics that answer. */
export type Lately = {
  /** Every two minutes, the oldest first; the last of them still lasts. Of the strips that came in then, how many went on and wait. */
  readonly spans: readonly { readonly from: number; readonly passed: number; readonly waiting: number }[];
  /** When a clinic could not reach the cloud; `to` is null while it cannot. */
  readonly outages: readonly { readonly from: number; readonly to: number | null }[];
  /** Clinics whose boxes do not answer. */
  readonly silent: readonly string[];
};

export type AdminHouse = {
  /** How the town is; nobody needs to be unlocked. */
  town(): Promise<TownStatus>;
  lately(): Promise<Lately>;
  doctors(): Promise<DoctorLine[]>;
  /** The policy in plain words, as it would be signed, and how it differs from rules that were and from the template of a specialty. */
  inWords(choice: PolicyChoice, specialty: string, beside: readonly Pick<SignedPolicy, 'policy'>[]): Promise<ChoiceInWords>;
  approve(
    doctor: string,
    choice: PolicyChoice,
  ): Promise<{ readonly state: DoctorState; readonly approvals: number; readonly needed: number }>;
  /** Turns a doctor down, whether let in before or not: told why, and whatever keys there are end. */
  reject(doctor: string, reason: string): Promise<Heard>;
  /** Every clinic's devices. */
  devices(): Promise<ClinicDevices[]>;
  /** A code that pairs one device with a clinic's box; the id of that device, and when the code is over. */
  pairDevice(organisation: string): Promise<{ readonly code: string; readonly device: string; readonly expires: number }>;
  /** Takes a device out: it is not heard any more. */
  endDevice(organisation: string, device: string): Promise<void>;
  /** A one-time code for another administrator. */
  invite(): Promise<{ readonly code: string }>;
  /** Makes an administrator's keyring in this browser with a one-time code, and unlocks it. */
  claim(asked: {
    readonly code: string;
    readonly title: string;
    readonly organisation: string;
    readonly passphrase: string;
  }): Promise<Someone>;
  /** Makes a doctor's keyring in this browser, registers it, and unlocks it; she waits for approval. */
  register(asked: {
    readonly title: string;
    readonly certificate: string;
    readonly specialty: string;
    readonly organisation: string;
    readonly passphrase: string;
  }): Promise<Someone>;
};
