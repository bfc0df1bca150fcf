/**
 * What every cloud does with an owner's word to her devices: whose it takes, and whom it shows it.
 *
 * @module
 */

import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { encodeCard } from '@carelet/crypto/cards/card';
import { type Anew, signAnew } from '@carelet/crypto/records/anew';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chartFor, id, type Person, type World } from './cloud.testing.ts';

export function devicesSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place}, where an owner speaks to her devices`, () => {
    let world: World;
    let northgate: Person;
    let harbour: Person;
    let ada: Person;
    let ben: Person;
    let chen: Person;

    beforeAll(async () => {
      world = await open();
      [northgate, harbour] = [world.person('organisation'), world.person('organisation')];
      [ada, ben, chen] = [world.person('patient'), world.person('patient'), world.person('doctor')];
      for (const { cloud, card } of [ada, ben, chen]) await cloud.login.present({ card: encodeCard(card), with: [] });
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    const now = () => Math.floor(world.clock.now / 1000);
    const word = (pat: Bytes, changes: Partial<Anew> = {}, by = ada) => signAnew(by.secrets.edSk, { pat, seq: 1, time: now(), ...changes });
    const refusal = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'ok',
        (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
      );
    const say = (pat: Bytes, said: Bytes, by = ada) => refusal(by.cloud.devices.beginAnew({ pat, word: said }));
    const told = async (pat: Bytes, by = northgate) => (await by.cloud.devices.told({ pat })).word;

    test('shows the newest word to the chart’s owner and writer, and to nobody else', async () => {
      const pat = await chartFor(northgate, ada);
      expect(await told(pat)).toBeNull();
      const said = word(pat);
      expect(await say(pat, said)).toBe('ok');
      expect(await told(pat)).toEqual(said);
      expect(await told(pat, ada)).toEqual(said);
      for (const other of [harbour, ben, chen]) expect(await refusal(told(pat, other))).toBe('denied');
      expect(await refusal(told(id()))).toBe('denied');
    });

    test('takes later words only, the same one again, and after a fork whichever comes later', async () => {
      const pat = await chartFor(northgate, ada);
      const [first, beside] = [word(pat, { seq: 7 }), word(pat, { seq: 7, time: now() - 1 })];
      expect(await say(pat, first)).toBe('ok');
      expect(await say(pat, first)).toBe('ok');
      for (const older of [beside, word(pat, { seq: 6 })]) expect(await say(pat, older)).toBe('conflict');
      expect(await told(pat)).toEqual(first);
      const much = word(pat, { seq: 2 ** 40, time: now() - 86_400 });
      expect(await say(pat, much)).toBe('ok');
      expect(await say(pat, first)).toBe('conflict');
      expect(await told(pat)).toEqual(much);
      // One that forgot, as after a backup, takes what was said long ago.
      await world.sql('delete from device_word where pat = $1', [pat]);
      expect(await say(pat, much)).toBe('ok');
    });

    test('takes no word that is forged, of another chart, of a time to come, or somebody else’s', async () => {
      const [pat, other] = [await chartFor(northgate, ada), await chartFor(northgate, ada)];
      for (const said of [word(pat, {}, ben), word(other), word(pat, { time: now() + 301 }), systemRandom(120)]) {
        expect(await say(pat, said)).toBe('invalid');
      }
      for (const by of [ben, northgate, chen]) {
        expect(await say(pat, word(pat, {}, by), by)).toBe('denied');
        expect(await say(pat, word(pat), by)).toBe('denied');
        expect(await say(id(), word(pat), by)).toBe('denied');
      }
      expect(await told(pat)).toBeNull();
    });

    test('takes the word of an owner that follows another, whatever number hers had', async () => {
      const pat = await chartFor(northgate, ben);
      expect(await say(pat, word(pat, { seq: 99 }, ben), ben)).toBe('ok');
      await world.sql('update chart set owner = $1 where pat = $2', [ada.card.id, pat]);
      const hers = word(pat);
      expect(await say(pat, hers)).toBe('ok');
      expect(await told(pat)).toEqual(hers);
    });
  });
}
