/**
 * A doctor's own roles, as pages see them: asked for, signed, made, taken.
 *
 * @module
 */
import type { DoctorState, SignedPolicy } from './admin.ts';

/** How one of the three that make keys together answered, by its place: 0, 1 or 2. */
export type IssuerAnswer = { readonly issuer: number; readonly said: 'made' | 'away' | 'refused' };

/** How far the making of a role's key is, as the authority knows. */
export type Making = {
  /** When it was made, UTC milliseconds; `null` while it is not. */
  readonly issued: number | null;
  readonly answers: readonly IssuerAnswer[];
  /** What the three are called, by place; `null` of one that has not said. */
  readonly offices: readonly (string | null)[];
};

export type RoleLine = Making & {
  /** Of this line alone; it stays while the role does. */
  readonly key: string;
  /** Hex of the organisation's card; `null` for one she wrote that the town does not have. */
  readonly id: string | null;
  readonly organisation: string;
  /** Where it stands: nobody has signed, too few have, all have and the key is not here, the key is here, it is over. */
  readonly stand: 'asked' | 'signed' | 'ready' | 'taken' | 'ended';
  /** What she asked to do there, and when, UTC milliseconds; `null` where an administrator began by herself. */
  readonly asked: { readonly specialty: string; readonly at: number } | null;
  /** What it opens, once somebody signed it. */
  readonly rule: (Pick<SignedPolicy, 'words' | 'plainly' | 'until'> & { readonly breakGlass: boolean }) | null;
  /** Administrators who signed, and their offices; of offices `needed` are needed. */
  readonly signers: readonly { readonly name: string; readonly organisation: string }[];
  readonly needed: number;
  /** The clinic that keeps a part of the key that is here. */
  readonly clinic: string | null;
  /** Whether a key for emergencies is here too. */
  readonly emergency: boolean;
  /** Of the card by which she asked: two administrators compare it with her before they sign. */
  readonly fingerprint: string;
};

export type OwnRoles = {
  readonly state: DoctorState;
  /** Why she was turned down. */
  readonly reason: string | null;
  /** What she does, as she registered. */
  readonly specialty: string;
  readonly lines: readonly RoleLine[];
  /** Organisations of the town where she may ask for a role now. */
  readonly others: readonly { readonly id: string; readonly name: string }[];
};

type OfKey = {
  /** Hex of the organisation's card. */
  readonly role: string;
  /** Whether it is about the key for emergencies there. */
  readonly emergency: boolean;
};

/** What has happened to a key that is being taken; `stopped`: on whom it waits, for now. */
export type RoleStep =
  | { readonly kind: 'asking' }
  | ({ readonly kind: 'issuer'; readonly role: string } & IssuerAnswer)
  | ({ readonly kind: 'issued' | 'cloud' | 'checked' } & OfKey)
  | ({ readonly kind: 'clinic'; readonly clinic: string } & OfKey)
  | { readonly kind: 'stopped'; readonly at: 'authority' | 'issuers' | 'cloud' | 'clinic' | 'check' };

export type RolesHouse = {
  /** A doctor's roles, as the authority tells them now and her keyring holds them. */
  roles(): Promise<OwnRoles>;
  /**
   * Asks for a role at an organisation of the town, by its card's number in hex.
   *
   * @throws `invalid` where she would go by a new number and nothing is kept here, `conflict` for what was asked already, `missing` for an organisation nobody knows, `unavailable` while the authority is away
   */
  askForRole(organisation: string, specialty: string): Promise<void>;
};
