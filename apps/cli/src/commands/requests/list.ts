/**
 * `carelet requests`: what a patient is asked, or what a doctor asked.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { type Wish, wishInWords } from '@carelet/care/rules/sharing/requests';
import {
  type MadeRequest,
  type ReceivedRequest,
  type RequestRef,
  requestsMadeBy,
  requestsReceived,
} from '@carelet/client/sharing/requests';
import { hex } from '@carelet/crypto/algebra/bytes';
import { command, common } from '../../command.ts';
import type { Io } from '../../io.ts';
import { enter, type Person } from '../../person.ts';
import { count, note, paint, plainText, say } from '../../terminal.ts';

export const requestsList = command({
  name: 'requests',
  group: 'sharing',
  summary: 'what doctors ask of you, or what became of what you asked',
  options: { ...common.as('a patient or a doctor'), ...common.json, ...common.town, ...common.keyrings },
  more: 'A patient sees what waits for her decision; a doctor what she asked in the last thirty days.',
  examples: ['carelet requests --as ada', 'carelet requests --as dr-chen'],
  async run({ options, io }) {
    await using person = await enter(io, options, { op: 'list requests', kinds: ['patient', 'doctor'] });
    return person.keyring.card.kind === 'patient' ? received(person, io, options.json === true) : made(person, io, options.json === true);
  },
});

async function received(person: Person, io: Io, json: boolean): Promise<number> {
  const { requests, unreadable } = await requestsReceived({ keyring: person.keyring, cloud: person.cloud, clock: io.clock });
  const names = await namesOf(person);
  const nameOf = ({ doctor }: ReceivedRequest) => names.get(hex(doctor)) ?? `a doctor (${hex(doctor).slice(0, 8)})`;
  if (json) for (const one of requests) say(io, jsonOf(one, { doctor: nameOf(one) }));
  else if (requests.length === 0) say(io, 'Nobody asks for anything.');
  else for (const one of requests) tell(io, one, nameOf(one), `asked ${dayOf(one.asked * 1000)}`);
  if (unreadable === 0) return 0;
  note(io, `${count(unreadable, 'request')} could not be read: no doctor of this town asked so. Nothing of it counts.`);
  return 1;
}

const words = { waits: 'waits for the patient', granted: 'the patient opened it', declined: 'the patient declined' } as const;

/** What a doctor asked by each of her numbers. */
export const madeBy = (person: Person, { clock }: Io) => requestsMadeBy(person.byAll().map((acting) => ({ ...acting, clock })));

async function made(person: Person, io: Io, json: boolean): Promise<number> {
  const requests = await madeBy(person, io);
  if (json) for (const one of requests) say(io, jsonOf(one, { patient: hex(one.pat), state: one.state }));
  else if (requests.length === 0) say(io, 'You asked for nothing in the last thirty days.');
  else for (const one of requests) tell(io, one, `Patient ${hex(one.pat).slice(0, 8)}`, words[one.state]);
  return 0;
}

function tell(io: Io, { request, wish }: RequestRef & { wish: Wish }, who: string, what: string): void {
  const { bold, dim } = paint(io.stdout, io.env);
  say(io, `${bold(plainText(who))} · ${what} · ${dim(hex(request).slice(0, 8))}`);
  say(io, `  ${wishInWords(wish)}`);
  say(io, `  “${plainText(wish.why.replaceAll('\n', ' '), 500)}”`);
}

const jsonOf = ({ request, wish, asked }: ReceivedRequest | MadeRequest, more: object): string =>
  JSON.stringify({ request: hex(request), ...more, asked: new Date(asked * 1000).toISOString(), ...wish });

/** What the town's doctors are called; nothing while the authority is away. */
const namesOf = ({ authority }: Person): Promise<ReadonlyMap<string, string>> =>
  authority.enrolment.directory().then(
    ({ doctors }) => new Map(doctors.map(({ doctor, name }) => [hex(doctor), name])),
    () => new Map<string, string>(),
  );

/**
 * The one request whose number begins so.
 *
 * @throws {CareletError} `missing` for none, `conflict` for several
 */
export function requestCalled<One extends RequestRef>(requests: readonly One[], op: string, number: string): One {
  const wanted = number.trim().toLowerCase();
  const found = requests.filter(({ request }) => /^[0-9a-f]{4,32}$/.test(wanted) && hex(request).startsWith(wanted));
  const [first] = found;
  if (!first)
    throw new CareletError('missing', op, { subject: number, because: 'no request of this number waits (see "carelet requests")' });
  if (found.length > 1) throw new CareletError('conflict', op, { subject: number, because: 'several begin so; give more of it' });
  return first;
}
