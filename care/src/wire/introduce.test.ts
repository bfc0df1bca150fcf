import { describe, expect, test } from 'vitest';
import { CareletError } from '../model/error.ts';
import { connect } from './connect.ts';
import { lockerContract, serveLocker, takeAtWord } from './example.ts';
import { introducing, unknownCard } from './introduce.ts';

/** A locker that knows nobody until he has shown his card, and what Ada needed to speak with it. */
function shy({ takesCards = true } = {}) {
  const known = new Set<string>();
  let shown = 0;
  let asked = 0;
  const handler = serveLocker({
    identify: async (request) => {
      asked++;
      const who = await takeAtWord(request);
      if (!known.has(who)) throw new CareletError('denied', 'accept request', { because: `${unknownCard} this card is not known here` });
      return who;
    },
  });
  const present = async () => {
    shown++;
    await new Promise((done) => setTimeout(done, 5));
    if (takesCards) known.add('Ada');
  };
  const role = introducing(connect(lockerContract, { fetch: handler, authorize: async () => 'I am Ada' }), present);
  return { role, shown: () => shown, asked: () => asked };
}

const sealed = Uint8Array.of(1, 2, 3);

describe('somebody unknown', () => {
  test('is asked for a card once, and then answered, however much he asks at once', async () => {
    const { role, shown } = shy();
    const leave = (name: string) => role.parcels.leave({ name, sealed });
    await Promise.all([leave('letters'), leave('lamp'), leave('pills')]);
    expect((await role.parcels.fetch({ name: 'lamp' })).leftBy).toBe('Ada');
    expect(shown()).toBe(1);
  });

  test('may begin with a stream', async () => {
    const { role, shown, asked } = shy();
    const enough = new AbortController();
    const stream = role.parcels.watch({ after: 0 }, { signal: enough.signal })[Symbol.asyncIterator]();
    const first = stream.next();
    await role.parcels.leave({ name: 'letters', sealed });
    expect(await first).toMatchObject({ value: { number: 1, name: 'letters' } });
    const none = stream.next();
    enough.abort();
    expect((await none).done).toBe(true);
    expect(shown()).toBe(1);
    expect(asked()).toBe(4);
  });

  test('is not introduced twice in vain', async () => {
    const { role, shown } = shy({ takesCards: false });
    await expect(role.parcels.fetch({ name: 'lamp' })).rejects.toMatchObject({ kind: 'denied' });
    await expect(role.parcels.watch({ after: 0 })[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'denied' });
    expect(shown()).toBe(2);
  });

  test('is not introduced over another refusal', async () => {
    const { role, shown } = shy();
    const listen = async () => {
      for await (const _ of role.countDown({ from: 1, refusing: 'denied' }));
    };
    await expect(listen()).rejects.toMatchObject({ because: 'told to be denied' });
    expect(shown()).toBe(0);
  });
});
