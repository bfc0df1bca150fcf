/**
 * What stands in a browser for the runner of our tests: the files that test the mathematics are bundled with this in the place of `vitest`,
 * and say the same there as here.
 *
 * @module
 */
import { chai, GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

/** What came of one test; `fault` is `null` where it held. */
export type Came = { readonly test: string; readonly fault: string | null };

type Work = () => unknown;
type Room = { readonly title: string; readonly before: Work[]; readonly inside: (Room | { readonly test: string; readonly work: Work })[] };

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const { expect } = chai;
// Checks inside checks ask for it there.
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, writable: true, configurable: true });

const house: Room = { title: '', before: [], inside: [] };
let here = house;

type Titled<T extends unknown[]> = (title: string, ...rest: T) => void;

/** `%s` in a title is what comes. */
const filled = (title: string, of: readonly unknown[]): string =>
  of.reduce<string>((text, one) => text.replace(/%[sdj]/, String(one)), title);

const each =
  <T extends unknown[]>(make: (title: string, work: (...given: T) => unknown, given: T) => void) =>
  (cases: readonly unknown[]) =>
  (title: string, first: unknown, second?: unknown) => {
    const work = (typeof first === 'function' ? first : second) as (...given: T) => unknown;
    for (const one of cases) {
      const given = (Array.isArray(one) ? one : [one]) as T;
      make(filled(title, given), work, given);
    }
  };

export const describe = Object.assign(
  (title: string, inside: () => void) => {
    const room: Room = { title, before: [], inside: [] };
    const outside = here;
    outside.inside.push(room);
    here = room;
    inside();
    here = outside;
  },
  { each: each((title, work, given) => describe(title, () => void work(...given))) },
);

const laid: Titled<[unknown, unknown?]> = (title, first, second) => {
  here.inside.push({ test: title, work: (typeof first === 'function' ? first : second) as Work });
};
export const test = Object.assign(laid, { each: each((title, work, given) => laid(title, () => work(...given))) });

export const beforeAll = (work: Work): void => void here.before.push(work);

/** Runs what was laid down, one after another; `only` leaves out every test under a title that does not say it. */
export async function run(only: string | null, tell: (came: Came) => void): Promise<void> {
  await inRoom(house, '', only, tell);
}

async function inRoom({ before, inside, title }: Room, above: string, only: string | null, tell: (came: Came) => void): Promise<void> {
  const path = [above, title].filter(Boolean).join(' > ');
  const wanted = inside.filter((one) => !('test' in one) || only === null || path.includes(only));
  if (wanted.every((one) => !('test' in one))) for (const one of wanted) await inRoom(one as Room, path, only, tell);
  else {
    const unready = await faultOf(async () => {
      for (const work of before) await work();
    });
    for (const one of wanted) {
      if (!('test' in one)) await inRoom(one, path, only, tell);
      else tell({ test: `${path} > ${one.test}`, fault: unready ?? (await faultOf(one.work)) });
    }
  }
}

async function faultOf(work: Work): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (thrown) {
    return String(thrown).slice(0, 400) || 'nothing was said';
  }
}
