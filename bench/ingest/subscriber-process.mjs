// The subscriber of `theirs.mjs`: hears strips in the clear and inserts them.
import mqtt from 'mqtt';
import pg from 'pg';

const [, , url, databaseUrl, table, how] = process.argv;
const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
const client = await mqtt.connectAsync(url, { clientId: 'subscriber' });

const strip = (topic, message) => [topic.slice('strips/'.length), message.readUInt32BE(), message.subarray(4)];
const one = (topic, message) =>
  pool.query({ name: 'one', text: `insert into ${table} values ($1, $2, $3)`, values: strip(topic, message) });

const gathered = [];
let busy = false;
async function together() {
  busy = true;
  while (gathered.length > 0) {
    const strips = gathered.splice(0, 1000);
    const columns = [0, 1, 2].map((i) => strips.map((each) => each[i]));
    const text = `insert into ${table} select * from unnest($1::text[], $2::bigint[], $3::bytea[])`;
    await pool.query({ name: 'many', text, values: columns });
  }
  busy = false;
}

client.on('message', (topic, message) => {
  if (how !== 'together') return one(topic, message);
  gathered.push(strip(topic, message));
  if (!busy) together();
});
await client.subscribeAsync('strips/+', { qos: 1 });
process.on('disconnect', () => process.exit(0));
process.send('listens');
