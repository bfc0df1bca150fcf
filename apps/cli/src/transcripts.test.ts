import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renewManifest } from '@carelet/client/enrolment';
import { keyServersAt, nodeKeys } from '@carelet/client/kdc/servers';
import { keyringPath, openKeyringFile } from '@carelet/client/keyring/file';
import { connectAuthority, connectCloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { limit, ownCharts } from '@carelet/client/sharing/limits';
import { type CloudTables, migrations } from '@carelet/cloud/schema';
import { hex, unhex } from '@carelet/crypto/algebra/bytes';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { startPortal } from '@carelet/portal/service';
import { demoPassphrase } from '@carelet/testbed/keyrings';
import { openTown, type Town } from '@carelet/testbed/town';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdKeyring } from './keyring-lock.ts';
import { parseTranscript, rewrite, run, runTranscript, type World } from './transcript.testing.ts';

// One town, empty at first; the transcripts follow each other in order of name and tell one story.

const folder = fileURLToPath(new URL('./transcripts/', import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort();
const now = Date.parse('2026-11-20T09:41:00Z');
const clock = () => now;

describe('the command line', () => {
  let database: TestDatabase;
  let town: Town;
  let portal: Awaited<ReturnType<typeof startPortal>>;
  let world: World;

  beforeAll(async () => {
    const cwd = realpathSync(temporaryFolder());
    database = await freshDatabase();
    const home = join(cwd, '.carelet');
    town = await openTown({ folder: home, databaseUrl: database.url, durable: false, clock });
    portal = await startPortal({ host: '127.0.0.1', port: 0, nextFree: false, town: town.addresses, logLevel: 'silent' });
    mkdirSync(join(home, 'keyrings'));
    writeFileSync(join(home, 'keyrings/README'), 'Keyrings of the demo town.\n');
    const kept = new Map([
      ['INVITATION', (await town.authority.firstInvitation()) ?? ''],
      ['PAGE', portal.url],
    ]);
    world = { cwd, clock, kept };
  });

  afterAll(async () => {
    await portal?.close();
    await town?.close();
    await database?.[Symbol.asyncDispose]();
    if (world) rmSync(world.cwd, { recursive: true, force: true });
  });

  /** What a command gave, after the story so far. */
  const carelet = (line: string, options: Partial<Parameters<typeof run>[1]> = {}) => run(line.split(' '), { ...world, ...options });

  /** The clinic hands itself over to its cloudlet, which nobody types. */
  async function handOver(): Promise<void> {
    const { keyring } = await openKeyringFile(keyringPath(join(town.folder, 'keyrings'), 'harbour'), demoPassphrase);
    await town.cloudlets.get('harbour')!.install({ card: keyring.card, edSk: keyring.secrets.edSk, ...keyring.writer! });
  }

  for (const name of names) {
    const transcript = parseTranscript(readFileSync(join(folder, name), 'utf8'));
    it(`${transcript.title} (${name})`, async () => {
      if (name.startsWith('06')) await handOver();
      // A minute passes, in which the clinic's cloudlet looks at the log.
      if (name.startsWith('09')) await town.cloudlets.get('harbour')!.witness();
      const { expected, actual } = await runTranscript(transcript, world);
      if (process.env.CARELET_TRANSCRIPTS === 'write') rewrite(join(folder, name), transcript, actual);
      else expect(actual).toBe(expected);
    });
  }

  it('stops an import between two batches when told to, and goes on the next time', async () => {
    const patients = Array.from({ length: 12 }, (_, i) => JSON.stringify({ resourceType: 'Patient', id: `many-${i}`, gender: 'other' }));
    writeFileSync(join(world.cwd, 'many.ndjson'), patients.join('\n'));
    const stopping = new AbortController();
    // Time passes, so that progress is told; at its first word somebody presses Ctrl-C.
    let time = now;
    const stopped = await carelet('import many.ndjson --as northgate', {
      signal: stopping.signal,
      clock: () => (time += stopping.signal.aborted ? 0 : 2000),
      heard: (text) => text.includes('records locked') && stopping.abort(),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.text).toMatch(/Stopped after \d+ records?\. Nothing is lost: run the same command again and it goes on\./);
    const locked = Number(/after (\d+)/.exec(stopped.text)![1]);
    expect(locked).toBeGreaterThan(0);
    expect(locked).toBeLessThan(12);

    const again = await carelet('import many.ndjson --as northgate --json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.pieces.at(-1)!.text)).toMatchObject({ records: 12, stored: 12 - locked, already: locked, refused: 0 });
  });

  it('stops making locks anew between two batches when told to, and goes on the next time', async () => {
    for (const by of ['mara', 'joan']) expect((await carelet(`organisations retire northgate --as ${by} --yes`)).code).toBe(0);
    const stopping = new AbortController();
    let time = now;
    const stopped = await carelet('locks renew --as northgate', {
      signal: stopping.signal,
      clock: () => (time += stopping.signal.aborted ? 0 : 2000),
      heard: (text) => /[1-9]\d* of \d+ locks made anew/.test(text) && stopping.abort(),
    });
    expect(stopped).toMatchObject({ code: 130, text: expect.stringMatching(/\d+ of \d+ locks made anew/) });
    const made = Number(/Stopped after (\d+) locks? made anew\. Nothing is lost/.exec(stopped.text)![1]);
    expect(made).toBeGreaterThan(0);
    const left = Number(/(\d+) locks? made anew/.exec((await carelet('locks renew --as northgate')).text)![1]);
    expect(left).toBeGreaterThan(0);
    expect(made + left).toBe(Number(/of (\d+) locks/.exec(stopped.text)![1]));
    expect((await carelet('keys take --as dr-chen')).text).toContain('1 new');
  });

  it('lets one command at a time change a keyring', async () => {
    const held = await holdKeyring(join(world.cwd, '.carelet/keyrings/northgate.keyring'));
    const refused = await carelet('import ada.json --as northgate');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.text).toContain('another command is using this keyring');
    expect((await carelet('records list --as northgate --patient okoro')).code).toBe(0); // looking is free
    await held![Symbol.asyncDispose]();
    expect((await carelet('import ada.json --as northgate')).code).toBe(0);
  });

  it('counts what was changed in the cloud, beside what is whole', async () => {
    const pat = unhex(world.kept.get('PAT')!);
    const db = await openDatabase<CloudTables>({ url: database.url, schema: 'cloud', migrations });
    const row = await db.selectFrom('shelf_mi').selectAll().where('pat', '=', pat).orderBy('version', 'desc').executeTakeFirstOrThrow();
    const changed = Uint8Array.from(row.ct);
    changed[40]! ^= 1;
    const of = db.updateTable('shelf_mi').where('pat', '=', pat).where('row_id', '=', row.row_id).where('version', '=', row.version);
    await of.set({ ct: changed }).execute();
    await db.destroy();

    const { code, text } = await carelet('records list --as ada');
    expect(code).toBe(1);
    expect(text).toMatch(/^\d things? do(es)? not fit:$/m);
    expect(text).toContain('  1 × a row is not what its writer sealed (tampered)\n');
    const json = await carelet('records list --as ada --json');
    const told = JSON.parse(json.pieces.filter(({ to }) => to === '').at(-1)!.text) as { problems: unknown[] };
    expect(told.problems).toContainEqual({ kind: 'tampered', what: 'a row is not what its writer sealed', times: 1 });
    expect((await carelet('records export --as ada --out damaged')).code).toBe(1);
  });

  it('tells the key servers as well whom a patient denies: asked directly, no two of them answer her', async () => {
    const keyringOf = async (name: string) =>
      (await openKeyringFile(keyringPath(join(town.folder, 'keyrings'), name), demoPassphrase)).keyring;
    const chen = await keyringOf('dr-chen');
    // Her number of Northgate: by name it could be the one of Harbour.
    const who = hex(chen.card.id).slice(0, 8);
    expect((await carelet(`share --as ada --with ${who} --what conditions --through key-servers --yes`)).code).toBe(0);
    const given = (await keyringOf('ada')).sharing.grants.at(-1)!;
    const cloud = connectCloud(town.cloud.fetch, chen, clock);
    const nodes = (await cloud.kdc.nodes({ pat: given.pat })).nodes.map(({ nodeId }) => nodeId);
    const name = { owner: (await keyringOf('ada')).card.id, pat: given.pat, grant: given.grant };
    const asks = async () => {
      await renewManifest(connectAuthority(town.authority.fetch, chen, clock), chen);
      return nodeKeys(
        { keyServers: keyServersAt(town.authority.fetch, chen, clock), keyring: chen, mathematics: mathematicsHere },
        name,
        nodes,
      );
    };
    expect(nodes.length).toBeGreaterThan(0);
    expect((await asks()).keys.filter((key) => key !== null)).toHaveLength(nodes.length);
    const said = await carelet(`limits deny ${who} --as ada --yes`);
    expect(said).toMatchObject({ code: 0, text: expect.stringContaining('1 grant of yours to this doctor taken back.') });
    await expect(asks()).rejects.toMatchObject({ kind: 'denied' });
    expect((await carelet(`limits allow ${who} --as ada`)).code).toBe(0);
    await expect(asks()).rejects.toMatchObject({ kind: 'denied' });
  });

  it('denies a doctor by each number she goes by, whichever is said, and tells of one that came after', async () => {
    const keyringOf = async (name: string) =>
      (await openKeyringFile(keyringPath(join(town.folder, 'keyrings'), name), demoPassphrase)).keyring;
    const chen = await keyringOf('dr-chen');
    const [northgate, harbour] = [chen, chen.elsewhere[0]!].map(({ card }) => hex(card.id).slice(0, 8));
    const denied = await carelet(`limits deny ${northgate} --as ada --yes`);
    expect(denied.text).toContain('Dr Mei Chen goes by another number at Harbour Clinic; it is meant as well.');
    expect(denied.text).toContain('Dr Mei Chen of Harbour Clinic and Northgate Hospital will read nothing of yours');
    expect(denied.text).toContain('It holds: 1 chart, by 2 numbers: at Harbour Clinic and Northgate Hospital.');
    expect((await carelet('limits --as ada')).text).toMatch(/not Dr Mei Chen$/m);
    const shares = () => carelet(`share --as ada --with ${harbour} --what notes --yes`);
    expect(await shares()).toMatchObject({ code: 1, text: expect.stringContaining('this doctor reads nothing') });

    // As it would be if she had begun at Harbour Clinic after that.
    const ada = await keyringOf('ada');
    const as = { keyring: ada, cloud: connectCloud(town.cloud.fetch, ada, clock), save: async () => {}, clock };
    for (const chart of await ownCharts(as)) await limit(as, chart, { allow: chen.elsewhere[0]!.card.id });
    const told = `Dr Mei Chen works at Harbour Clinic too, by a number you have not denied: carelet limits deny ${harbour} --as ada`;
    expect((await carelet('limits --as ada')).text).toContain(told);
    expect((await carelet('wearable renew --as ada')).text).toContain(told);
    // With nobody who is denied by another number anything is shared meanwhile.
    expect(await shares()).toMatchObject({ code: 1, text: expect.stringContaining('this doctor reads nothing') });
    expect((await carelet(`limits deny ${harbour} --as ada --yes`)).text).toContain('It holds: 1 chart');
    expect((await carelet('limits --as ada')).text).not.toContain('too, by a number');
    expect((await carelet(`limits allow ${harbour} --as ada`)).code).toBe(0);
    expect((await carelet('limits --as ada')).text).not.toContain('Dr Mei Chen');
  });

  it('opens with the manifest it has while the authority is away, and says in a sentence when the cloud is', async () => {
    await town.authority[Symbol.asyncDispose]();
    expect((await carelet('records list --as northgate --patient okoro')).code).toBe(0);
    await town.cloud[Symbol.asyncDispose]();
    const { code, text } = await carelet('records list --as ada');
    expect(code).toBe(1);
    expect(text).toMatch(/^Cannot ask for records\.charts: the cloud at http:\/\/127\.0\.0\.1:\d+ does not answer$/m);
    expect(text).not.toContain('    at ');
    const traced = await carelet('records list --as ada', { env: { CARELET_DEBUG: '1' } });
    expect(traced.text).toContain('    at ');
  });
});
