// The same way without any cryptography: a cloudlet and a cloud as one would write them who trusts everybody.
//
// Same HTTP, same encoding, same PostgreSQL, same order of disk before answer: a strip is in the cloudlet's table
// before it is acknowledged, and in the cloud's before it leaves the cloudlet's. No keys, no signatures, no sessions.
import { connect, defineContract, serve } from '@carelet/care/wire';
import { bytes, nothing } from '@carelet/care/wire/contract/kit';
import { openDatabase, transaction } from '@carelet/ground/database';
import { run } from '@carelet/ground/service';
import { sql } from 'kysely';
import * as z from 'zod';

const strip = z.strictObject({ device: z.string(), number: z.int(), body: bytes({ max: 1 << 20 }) });

const cloudlet = defineContract('plain-cloudlet', {
  'strips.keep': { summary: 'Keeps a strip.', caller: 'anyone', body: 'cbor', input: strip, output: z.strictObject({ upTo: z.int() }) },
});
const cloud = defineContract('plain-cloud', {
  'strips.post': {
    summary: 'Keeps strips.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ strips: z.array(strip) }),
    output: nothing,
    limit: 64 * 1024 * 1024,
  },
});

const table = (name) => ({
  [`0001 ${name}`]: {
    up: (db) =>
      sql`create table ${sql.id(name)} (device text not null, number bigint not null, body bytea not null, primary key (device, number))`.execute(
        db,
      ),
  },
});

/** Both services, and how many strips have arrived at the far end. */
export async function startPlain(databaseUrl) {
  const config = { databaseUrl, host: '127.0.0.1', port: 0, nextFree: true, cors: [], logLevel: 'silent' };
  const above = await openDatabase({ url: databaseUrl, schema: 'plain_cloud', migrations: table('strip') });
  const below = await openDatabase({ url: databaseUrl, schema: 'plain_cloudlet', migrations: table('strip') });
  const keepAll = async ({ strips }) => {
    await transaction(above, (within) => within.insertInto('strip').values(strips).execute());
  };
  const up = await run(
    'plain-cloud',
    config,
    above,
    serve(cloud, { role: () => ({ strips: { post: keepAll } }), identify: async () => null }),
    [],
  );
  const cloudRole = connect(cloud, { url: up.url });

  let wake = () => {};
  let due = false;
  let arrived = 0;
  let open = true;
  const keep = async (one) => {
    await transaction(below, (within) => within.insertInto('strip').values(one).execute());
    due = true;
    wake();
    return { upTo: one.number };
  };
  const down = await run(
    'plain-cloudlet',
    config,
    below,
    serve(cloudlet, { role: () => ({ strips: { keep } }), identify: async () => null }),
    [],
  );

  const relay = (async () => {
    while (open) {
      due = false;
      const strips = await below.selectFrom('strip').selectAll().orderBy('device').orderBy('number').limit(500).execute();
      if (strips.length === 0) {
        if (!due && open) await new Promise((done) => (wake = done));
        continue;
      }
      await cloudRole.strips.post({ strips });
      await transaction(below, async (within) => {
        for (const { device, number } of strips) {
          await within.deleteFrom('strip').where('device', '=', device).where('number', '=', number).execute();
        }
      });
      arrived += strips.length;
    }
  })();

  return {
    cloudlet: connect(cloudlet, { url: down.url }),
    arrived: () => arrived,
    async [Symbol.asyncDispose]() {
      open = false;
      wake();
      await relay;
      await down.close();
      await up.close();
      await below.destroy();
      await above.destroy();
    },
  };
}
