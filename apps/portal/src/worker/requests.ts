/**
 * Requests at both doors: a patient's list of what is asked of her, a doctor's asking.
 *
 * [Note: A moment before the doctor hears]
 * What was declined is deleted at the cloud, so it cannot be taken back there. A declined request is therefore held here for as long
 * as somebody may want to undo it, and sent when one locks or the time is over. A page that dies before has declined nothing:
 * the request is there again.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { JoinedReader } from '@carelet/client/records/joined';
import {
  askAccess,
  declineRequest,
  type RequestRef as Ref,
  requestsMadeBy,
  requestsReceived,
  withdrawRequest,
} from '@carelet/client/sharing/requests';
import { equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import type { RequestRef, RequestsHouse } from '../house/requests.ts';
import type { Charts } from './charts.ts';
import { doctorsIn } from './directory.ts';
import type { Person } from './person.ts';

export type Requests = RequestsHouse & {
  /** Sends what is held; for whoever locks. */
  settle(): Promise<void>;
};

export type RequestsAround = {
  readonly person: Person;
  readonly charts: Pick<Charts, 'listed'>;
  /** The number by which a doctor acts in a chart. */
  readonly numberFor: JoinedReader['numberFor'];
  readonly clock: () => number;
};

/** How long a declined request can be taken back, in milliseconds: longer than the bar that offers it stands. */
const held = 30_000;

/** How long locking waits for what is held to be sent, in milliseconds: half of what locking may take. */
const farewell = 1_000;

type Held = { readonly timer: ReturnType<typeof setTimeout>; readonly send: () => Promise<void> };

export function requestsOf({ person, charts, numberFor, clock }: RequestsAround): Requests {
  const { keyring, cloud, authority } = person;
  const asking = { keyring, cloud, clock };
  const declined = new Map<string, Held>();
  /** What a doctor asked, by whichever of her numbers. */
  const made = () => requestsMadeBy(person.byAll().map((by) => ({ ...by, clock })));

  return {
    async requests() {
      const { requests, unreadable } = await requestsReceived(asking);
      const waiting = requests.filter((one) => !declined.has(nameOf(namesOf(one))));
      const doctorOf = waiting.length === 0 ? null : await doctorsIn(authority);
      return {
        requests: waiting.map(({ doctor, asked, wish, ...ref }) => ({
          ...namesOf(ref),
          doctor: doctorOf!(hex(doctor)),
          asked: asked * 1000,
          ...wish,
        })),
        unreadable,
      };
    },

    async decline({ doctor, ...request }) {
      const name = nameOf(request);
      if (declined.has(name)) return;
      const send = async () => {
        // What the cloud did not hear waits on, and is in the list again.
        await declineRequest(asking, { ...refOf(request), doctor: unhex(doctor) }).catch(() => {});
        declined.delete(name);
      };
      declined.set(name, { send, timer: setTimeout(() => void send(), held) });
    },

    async undecline(request) {
      const one = declined.get(nameOf(request));
      if (!one) return false;
      clearTimeout(one.timer);
      return declined.delete(nameOf(request));
    },

    async asked(patient) {
      return (await made())
        .filter(({ owner }) => hex(owner) === patient)
        .map(({ asked, wish, state, ...ref }) => ({ ...namesOf(ref), asked: asked * 1000, state, ...wish }));
    },

    async askFor(patient, wish) {
      const chart = (await charts.listed()).find(({ id }) => id === patient)?.refs[0];
      if (!chart) throw new CareletError('missing', 'ask for access', { because: 'nobody of this number is in sight' });
      await askAccess({ ...person.by(numberFor(chart) ?? keyring), clock }, chart, wish);
    },

    async withdraw(request) {
      const ref = refOf(request);
      const own = (await made()).find((one) => equalPublic(one.pat, ref.pat) && equalPublic(one.request, ref.request));
      await withdrawRequest({ ...(own?.by ?? person), clock }, ref);
    },

    async settle() {
      const waiting = [...declined.values()];
      for (const { timer } of waiting) clearTimeout(timer);
      if (waiting.length === 0) return;
      // Whoever locks does not wait for a cloud that is away: what else is to be kept is kept after this.
      await Promise.race([Promise.all(waiting.map(({ send }) => send())), new Promise((done) => setTimeout(done, farewell))]);
    },
  };
}

const namesOf = ({ pat, request }: Ref): RequestRef => ({ chart: hex(pat), request: hex(request) });
const nameOf = ({ chart, request }: RequestRef): string => `${chart} ${request}`;

/** @throws {CareletError} `invalid` for what names no request */
function refOf({ chart, request }: RequestRef): Ref {
  if (![chart, request].every((one) => /^[0-9a-f]{32}$/.test(one)))
    throw new CareletError('invalid', 'find request', { because: 'it is not the number of one' });
  return { pat: unhex(chart), request: unhex(request) };
}
