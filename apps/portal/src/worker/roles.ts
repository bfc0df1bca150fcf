/**
 * A doctor's own roles: what the authority tells of them, beside what her keyring holds.
 *
 * That a role is hers is said of a key in her keyring, and of nothing that a server tells.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { inWords, policyText } from '@carelet/care/rules/sharing/policy';
import { domainOf, numberToRegister, register } from '@carelet/client/enrolment';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { numberAt, numbersOf } from '@carelet/client/keyring/numbers';
import { askForRole, ownRoles, type OwnRoles as Told } from '@carelet/client/sharing/own-roles';
import type { TakingStep } from '@carelet/client/sharing/taking';
import { type Bytes, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { readEntitlement } from '@carelet/crypto/cards/entitlement';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import type { Domain, Manifest } from '@carelet/crypto/cards/manifest';
import type { OwnRoles, RoleLine, RoleStep, RolesHouse } from '../house/roles.ts';
import { inOrder, plainly } from './admin.ts';
import type { Person } from './person.ts';

export function rolesOf({ person, clock }: { readonly person: Person; readonly clock: () => number }): RolesHouse {
  const { keyring } = person;
  const now = () => Math.floor(clock() / 1000);
  /** How far the roles of one number are; `null` for one that is not registered. */
  const toldOf = (number: Keyring) => unlessMissing(() => ownRoles(person.by(number).authority, number, now()));

  return {
    async roles() {
      const each = await Promise.all(
        numbersOf(keyring).map(async (number) => {
          const told = await toldOf(number);
          return told ? [{ number, roles: linesOf(told, number, clock()) }] : [];
        }),
      );
      return together(keyring, each.flat());
    },

    async askForRole(organisation, specialty) {
      const place = domainOf(keyring.manifest, unhex(organisation));
      if (!place) throw new CareletError('missing', 'ask for a role', { because: 'no organisation has this number' });
      // Whoever registers by a number that is lost could never take its keys.
      if (!numberAt(keyring, place.organisation) && !person.keeps()) {
        throw new CareletError('invalid', 'ask for a role', { because: 'nothing is kept here, and a new number has to be' });
      }
      const number = numberToRegister(keyring, place.name);
      if (await toldOf(number)) {
        return askForRole(person.by(number).authority, number, { organisation: place.organisation, specialty }, now());
      }
      await person.keepKeyring();
      const { certificate } = await ownRoles(person.authority, keyring, now());
      await register(person.by(number).authority, number, { certificate, specialty: specialty.trim(), organisation: place.name });
      await person.keepKeyring();
    },
  };
}

async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof CareletError && thrown.kind === 'missing') return null;
    throw thrown;
  }
}

/** The roles of all a doctor's numbers as those of one person: where she goes by none yet, she may ask. */
function together(keyring: Keyring, each: readonly { readonly number: Keyring; readonly roles: OwnRoles }[]): OwnRoles {
  const [first] = each;
  if (!first) throw new CareletError('missing', 'look at one’s roles', { because: 'nobody registered under this card number' });
  const { state, reason, specialty } = (each.find(({ roles }) => roles.state === 'approved') ?? first).roles;
  const lines = each.flatMap(({ roles }) => roles.lines).sort((a, b) => order.indexOf(a.stand) - order.indexOf(b.stand));
  const mayAsk = ({ organisation }: Domain) => {
    const hers = each.find(({ number }) => numberAt(keyring, organisation) === number);
    return !hers || hers.roles.others.some(({ id }) => id === hex(organisation));
  };
  const others = keyring.manifest.domains.filter(mayAsk).map(({ organisation, name }) => ({ id: hex(organisation), name }));
  return { state, reason, specialty, lines, others: others.sort((a, b) => a.name.localeCompare(b.name)) };
}

type Signed = Told['policies'][number];

/** How many days before its last one a role may be asked for anew; the authority decides. */
const renewable = 14 * 86_400_000;

/**
 * Roles by what is nearest: those that wait, those one has, those that are over.
 *
 * @param now UTC milliseconds
 */
export function linesOf(told: Told, keyring: Pick<Keyring, 'card' | 'manifest' | 'doctorKeys' | 'emergencyKeys'>, now: number): OwnRoles {
  const { manifest } = keyring;
  const own = fingerprint(keyring.card);
  const registered = registration(told, manifest);
  const asked = [...told.asked.map((one) => ({ ...one, name: nameOf(manifest, one.organisation), at: one.at * 1000 })), registered];
  const lines: RoleLine[] = told.policies.map((signed) => {
    const by = asked.find(({ organisation }) => organisation && equalPublic(organisation, signed.organisation));
    return lineOf(signed, by ?? null, keyring, told, now);
  });
  for (const one of asked) {
    const { organisation, name, specialty, at } = one;
    const id = organisation && hex(organisation);
    // Whoever was let in waits no more by having registered; and once somebody has signed, what is signed says how far it is.
    if (one === registered && told.state !== 'pending') continue;
    if (id && lines.some((line) => line.id === id && line.stand !== 'ended' && line.stand !== 'taken')) continue;
    lines.push({
      key: `${id ?? name} asked`,
      id,
      organisation: name,
      stand: 'asked',
      asked: { specialty, at },
      rule: null,
      signers: [],
      needed: told.needed,
      issued: null,
      answers: [],
      offices: told.offices,
      clinic: null,
      emergency: false,
      fingerprint: own,
    });
  }
  const isOpen = ({ stand, rule }: RoleLine) =>
    stand === 'asked' || stand === 'signed' || ((stand === 'ready' || stand === 'taken') && Date.parse(rule!.until) > now + renewable);
  const taken = new Set(lines.filter(isOpen).map(({ id }) => id));
  const over = new Set(lines.filter(({ stand }) => stand !== 'ended').map(({ id }) => id));
  return {
    state: told.state,
    reason: told.reason,
    specialty: told.specialty,
    lines: lines
      .filter(({ stand, id }) => stand !== 'ended' || !over.has(id))
      .sort((a, b) => order.indexOf(a.stand) - order.indexOf(b.stand)),
    others: manifest.domains
      .filter(({ organisation }) => !taken.has(hex(organisation)))
      .map(({ organisation, name }) => ({ id: hex(organisation), name }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}

const order: readonly RoleLine['stand'][] = ['ready', 'signed', 'asked', 'taken', 'ended'];

/** Who registered asked by that, at a place she wrote herself. */
const registration = ({ specialty, organisation: name, registered }: Told, { domains }: Manifest) => ({
  organisation: domains.find((domain) => domain.name === name)?.organisation ?? null,
  name,
  specialty,
  at: Date.parse(registered),
});

function lineOf(
  { organisation, policy, signers, issued, answers }: Signed,
  asked: { readonly specialty: string; readonly at: number } | null,
  { card, manifest, doctorKeys, emergencyKeys }: Pick<Keyring, 'card' | 'manifest' | 'doctorKeys' | 'emergencyKeys'>,
  { needed, offices: called }: Told,
  now: number,
): RoleLine {
  // The one that is here counts, where it is the one that was made of this very policy.
  const held = doctorKeys.find(
    (key) => equalPublic(key.organisation, organisation) && readEntitlement(key.entitlement, manifest)?.issued === issued,
  );
  const emergency = domainOf(manifest, organisation)?.emergency;
  const offices = new Set(signers.map((one) => one.organisation)).size;
  const stand = policy.until < dayOf(now) ? 'ended' : held ? 'taken' : offices >= needed ? 'ready' : 'signed';
  return {
    key: `${hex(organisation)} ${policyText(policy)}`,
    id: hex(organisation),
    organisation: nameOf(manifest, organisation),
    stand,
    asked: asked && { specialty: asked.specialty, at: asked.at },
    rule: {
      words: inWords(inOrder(policy)),
      plainly: plainly(inOrder(policy)),
      until: policy.until,
      breakGlass: policy.breakGlass === true,
    },
    signers,
    needed,
    issued: issued === null ? null : issued * 1000,
    answers,
    offices: called,
    clinic: held ? nameOf(manifest, held.mediator) : null,
    fingerprint: fingerprint(card),
    emergency:
      emergency !== undefined && emergencyKeys.some((key) => equalPublic(key.organisation, emergency) && key.notAfter * 1000 > now),
  };
}

/** A step as a page knows it: by the organisation's card, whichever of its keys it is about. */
export function stepIn(manifest: Manifest, step: TakingStep): RoleStep {
  switch (step.kind) {
    case 'asking':
      return step;
    case 'stopped':
      return { kind: 'stopped', at: step.at };
    case 'issuer':
      return { kind: 'issuer', role: hex(step.organisation), issuer: step.issuer, said: step.said };
    case 'clinic':
      return { kind: 'clinic', clinic: nameOf(manifest, step.clinic), ...ofKey(manifest, step) };
    default:
      return { kind: step.kind, ...ofKey(manifest, step) };
  }
}

function ofKey({ domains }: Manifest, { organisation, emergency }: { readonly organisation: Bytes; readonly emergency: boolean }) {
  const of = emergency
    ? domains.find((domain) => domain.emergency && equalPublic(domain.emergency, organisation))?.organisation
    : organisation;
  return { role: hex(of ?? organisation), emergency };
}

const nameOf = (manifest: Manifest, organisation: Bytes): string => domainOf(manifest, organisation)?.name ?? hex(organisation).slice(0, 8);
