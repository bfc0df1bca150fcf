import { encodeCard } from '@carelet/crypto/cards/card';
import { newCard } from '@carelet/crypto/cards/owner';
import { decodeReceipt } from '@carelet/crypto/receipts/leaf';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase } from '@carelet/ground/test-database';
import { expect, test } from 'vitest';
import { type CloudTables, migrations } from '../schema.ts';

test('cards that were taken before the log knew cards get their leaf when the cloud starts', async () => {
  await using database = await freshDatabase();
  const at = (until: string) =>
    openDatabase<CloudTables>({
      url: database.url,
      schema: 'cloud',
      migrations: Object.fromEntries(Object.entries(migrations).filter(([name]) => name < until)),
    });
  const cards = Array.from({ length: 3 }, () => newCard('patient', 2_000_000_000).card);
  await using before = await at('0014');
  for (const card of cards) {
    await before
      .insertInto('card')
      .values({ card_id: card.id, serial: 1, kind: card.kind, body: encodeCard(card) })
      .execute();
  }
  await using after = await at('1');
  const rows = await after.selectFrom('card_receipt').selectAll().where('place', 'is', null).execute();
  const ids = (of: readonly { readonly id: Uint8Array }[]) => of.map(({ id }) => Buffer.from(id).toString('hex')).sort();
  expect(ids(rows.map(({ card_id }) => ({ id: card_id })))).toEqual(ids(cards));
  for (const { body, card_id } of rows) expect(decodeReceipt(body)).toMatchObject({ kind: 'card', version: 1, actor: card_id });
});
