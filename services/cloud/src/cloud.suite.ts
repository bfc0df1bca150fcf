import { encodeBody } from '@carelet/care/wire';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type Card, encodeCard } from '@carelet/crypto/cards/card';
import { signRequest } from '@carelet/crypto/login/request';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type Person, type Post, type Tools, toolsOf, type World } from './cloud.testing.ts';

export function cloudSuite(place: string, open: () => Promise<World>): void {
  describe(`a cloud ${place}`, () => {
    let world: World;
    let northgate: Person;
    let ada: Person;
    let pat: Bytes;
    let root: Bytes;
    let tools: Tools;
    const posting: Tools['posting'] = (...of) => tools.posting(...of);
    const contents: Tools['contents'] = () => tools.contents();
    const refused: Tools['refused'] = (...of) => tools.refused(...of);

    beforeAll(async () => {
      world = await open();
      northgate = world.person('organisation');
      ada = world.person('patient');
      await ada.cloud.login.present({ card: encodeCard(ada.card), with: [] });
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      root = id();
      await northgate.cloud.records.post(posting([anyRow(root)], [{ nodeId: root, parent: none }]));
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    describe('asked by somebody', () => {
      const op = 'records.charts';
      const body = () => encodeBody('cbor', {});
      const now = () => Math.floor(world.clock.now / 1000);
      const identity = ({ card, secrets }: Person) => ({ id: card.id, edSk: secrets.edSk });
      const answer = async (authorization: string | undefined, of = body()) => {
        const response = await world.raw({ op, body: of, ...(authorization !== undefined && { authorization }) });
        return [response.status, ((await response.json().catch(() => ({}))) as { because?: string }).because ?? ''] as const;
      };
      const signed = (by: Person, asked: Partial<{ audience: string; op: string; body: Bytes }> = {}, time = now()) =>
        signRequest(identity(by), { audience: 'cloud', op, body: body(), ...asked }, time);

      test('answers a request signed by a card it knows, once', async () => {
        const authorization = signed(ada);
        expect((await answer(authorization))[0]).toBe(200);
        expect(await answer(authorization)).toEqual([403, expect.stringMatching(/^replay/)]);
      });

      test.each(['', 'Bearer token', 'Carelet ', 'Carelet 00', `Carelet ${'0'.repeat(2000)}`])(
        'does not answer %j',
        async (authorization) => {
          expect([400, 403]).toContain((await answer(authorization))[0]);
        },
      );

      test('does not answer an unsigned request', async () => {
        expect((await answer(undefined))[0]).toBeGreaterThanOrEqual(400);
      });

      test('does not answer a card it was never shown; whoever shows it goes on', async () => {
        const ben = world.person('patient');
        expect(await answer(signed(ben))).toEqual([403, expect.stringMatching(/^card:/)]);
        // The client introduces itself and asks again.
        expect(await ben.cloud.records.charts()).toEqual({ charts: [] });
      });

      test('does not take another’s signature for Ada’s, nor hers for another request', async () => {
        const ivy = world.person('patient');
        const authorizations = [
          signRequest({ id: ada.card.id, edSk: ivy.secrets.edSk }, { audience: 'cloud', op, body: body() }, now()),
          signed(ada, { audience: 'authority' }),
          signed(ada, { op: 'records.nodes' }),
          signed(ada, { body: encodeBody('cbor', { pat }) }),
        ];
        for (const authorization of authorizations) expect(await answer(authorization)).toEqual([403, expect.stringMatching(/signature/)]);
      });

      test('says so when a clock is a day off, and the client corrects itself and goes on', async () => {
        for (const off of [86_400_000, -86_400_000]) {
          expect(await answer(signed(ada, {}, now() + off / 1000))).toEqual([403, expect.stringMatching(/^clock: .*1440 minutes/)]);
          const late = world.person('patient', { clockOff: off });
          expect(await late.cloud.records.charts()).toEqual({ charts: [] });
          expect(await late.cloud.records.charts()).toEqual({ charts: [] });
        }
      });

      test('refuses cards that do not stand, and a card put in another’s place', async () => {
        const present = (card: Card) => ada.cloud.login.present({ card: encodeCard(card), with: [] });
        const { card: doctor } = world.person('doctor');
        await refused('denied', () => present({ ...doctor, vouchers: [] }));
        await refused('denied', () => present({ ...doctor, vouchers: doctor.vouchers.slice(0, 1) }));
        await refused('invalid', () => ada.cloud.login.present({ card: systemRandom(200), with: [] }));
        const thief = world.person('patient');
        await refused('denied', () => present({ ...thief.card, id: ada.card.id }));
        await refused('denied', () => present({ ...ada.card, expiry: ada.card.expiry + 1 }));
        expect((await answer(signed(ada)))[0]).toBe(200);
      });

      test('says nothing to strangers beyond what they may know', async () => {
        const count = await ada.cloud.town.state();
        expect(Object.keys(count).sort()).toEqual(['bytes', 'charts', 'postings', 'shelves']);
        for (const stranger of ['records.nodes', 'records.post', 'sharing.enter', 'sharing.wrap', 'login.cards']) {
          expect((await world.raw({ op: stranger, body: encodeBody('cbor', {}) })).status).toBe(403);
        }
      });
    });

    describe('posted to', () => {
      test('keeps a batch whole, and the same batch again as nothing new', async () => {
        const rows = [anyRow(root), anyRow(root), anyRow(root)];
        const batch = posting(rows);
        expect(await northgate.cloud.records.post(batch)).toMatchObject({ stored: 3, already: false });
        const before = await contents();
        expect(await northgate.cloud.records.post(batch)).toMatchObject({ stored: 0, already: true });
        expect(await contents()).toBe(before);
      });

      test('refuses a posting whose signature does not fit', async () => {
        const batch = posting([anyRow(root)]);
        const forged = Uint8Array.from(batch.posting.signature, (byte, i) => (i === 9 ? byte ^ 1 : byte));
        await refused('denied', () => northgate.cloud.records.post({ ...batch, posting: { ...batch.posting, signature: forged } }));
        const larkfield = world.person('organisation');
        const stolen = { ...posting([anyRow(root)], [], { by: larkfield }).posting, writer: northgate.card.id };
        await refused('denied', () => northgate.cloud.records.post({ ...batch, posting: stolen }));
      });

      test('refuses rows and links that the posting was not signed over', async () => {
        const rows = [anyRow(root), anyRow(root)];
        const batch = posting(rows, [{ nodeId: root, parent: none }]);
        const changed: Post[] = [
          { ...batch, rows: rows.slice(1) },
          { ...batch, rows: [...rows, anyRow(root)] },
          { ...batch, rows: [rows[0]!, { ...rows[1]!, ct: systemRandom(1052) }] },
          { ...batch, rows: [rows[0]!, { ...rows[1]!, nodeId: id() }] },
          { ...batch, rows: [rows[0]!, { ...rows[1]!, mark: systemRandom(32) }] },
          { ...batch, links: [] },
          { ...batch, links: [{ nodeId: root, parent: id() }] },
        ];
        for (const one of changed) await refused('invalid', () => northgate.cloud.records.post(one), /signed over/);
      });

      test('refuses a row that stands in it twice, and a version that is not later', async () => {
        const row = anyRow(root);
        await refused(
          'invalid',
          () => northgate.cloud.records.post(posting([row, { ...anyRow(root), rowId: row.rowId, version: 2 }])),
          /twice/,
        );
        await refused('invalid', () => northgate.cloud.records.post(posting([anyRow(root, { version: 1, base: 1 })])), /later/);
        await refused('invalid', () => northgate.cloud.records.post(posting([anyRow(root, { version: 0 })])));
      });

      test('refuses a row on a node that nothing links, and keeps none of those beside it', async () => {
        await refused('invalid', () => northgate.cloud.records.post(posting([anyRow(root), anyRow(id())])), /not linked/);
      });

      test('lets exactly one of several writers write the next version', async () => {
        const rowId = id();
        await northgate.cloud.records.post(posting([anyRow(root, { rowId })]));
        const next = () => northgate.cloud.records.post(posting([anyRow(root, { rowId, version: 2, base: 1 }), anyRow(root)]));
        const outcomes = await Promise.allSettled(Array.from({ length: 6 }, next));
        expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
        for (const lost of outcomes) if (lost.status === 'rejected') expect(lost.reason).toMatchObject({ kind: 'conflict' });
        expect(await world.sql('select version from shelf_mi where row_id = $1 order by 1', [rowId])).toEqual([
          { version: 1 },
          { version: 2 },
        ]);
        await refused('conflict', () => northgate.cloud.records.post(posting([anyRow(root, { rowId, version: 3, base: 1 })])));
        expect(await northgate.cloud.records.versions({ pat, part: 'MI', rowIds: [rowId, id()] })).toEqual({ versions: [2, 0] });
      });

      test('refuses everybody but the chart’s writer, as if the chart did not exist', async () => {
        const larkfield = world.person('organisation');
        const at = [{ nodeId: root, parent: none }];
        for (const of of [pat, id()]) {
          await refused('denied', () => larkfield.cloud.records.post(posting([anyRow(root)], at, { by: larkfield, of })), /not yours/);
          await refused('denied', () => ada.cloud.records.post(posting([anyRow(root)], at, { by: ada, of })), /not yours/);
        }
      });

      test('refuses what is too large before it reads it', async () => {
        const large = encodeBody('cbor', { pat, part: 'MI', rowIds: [new Uint8Array(9 * 1024 * 1024)] });
        const authorization = signRequest(
          { id: northgate.card.id, edSk: northgate.secrets.edSk },
          { audience: 'cloud', op: 'records.versions', body: large },
          Math.floor(world.clock.now / 1000),
        );
        expect((await world.raw({ op: 'records.versions', body: large, authorization })).status).toBe(413);
        await refused('invalid', () => northgate.cloud.records.post(posting([anyRow(root, { ct: new Uint8Array(16 * 1024 * 1024 + 1) })])));
      });
    });
  });
}
