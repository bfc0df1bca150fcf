/**
 * A cloud that owns its tables and its log's key, and does with them what it likes: what readers and writers notice.
 */
import { join } from 'node:path';
import { renewManifest } from '@carelet/client/enrolment';
import { decodeKeyring, encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { connectCloud } from '@carelet/client/login';
import { ownReceipts } from '@carelet/client/receipts/own';
import { brokenPromise, noPromise } from '@carelet/client/receipts/watch';
import { mustBeWhole } from '@carelet/client/records/reader';
import { logKey } from '@carelet/cloud/receipts/key';
import { startCloud } from '@carelet/cloud/service';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { merkleRoot } from '@carelet/crypto/algebra/merkle';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import { signWitness } from '@carelet/crypto/cards/witness';
import { openCheckpoint, readHead, signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { verifyExport } from '@carelet/crypto/receipts/export';
import { emptyMap } from '@carelet/crypto/receipts/map';
import { cosignNote, decodeNote, encodeNote } from '@carelet/crypto/receipts/note';
import { decodePromise, encodePromise, promise } from '@carelet/crypto/receipts/promise';
import { decodeFork, verifyFork } from '@carelet/crypto/receipts/witness';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Opened, openStage, type Place, patient, pulse, refusal, type Stage } from './fixture.testing.ts';
import { putBackAfter } from './receipts.ts';

const less = /older ones are shown than the cloud’s own log counts/;

for (const overHttp of [false, true]) {
  describe(`a lying cloud ${overHttp ? 'across HTTP' : 'in this process'}`, () => {
    let stage: Stage;
    let northgate: Place;
    let ada: Keyring;
    let chen: Keyring;
    let pat: Bytes;

    beforeAll(async () => {
      stage = await openStage({ overHttp });
      northgate = await stage.place('northgate');
      await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'monday', '2026-11-16'), pulse('p-ada', 'tuesday', '2026-11-17')]);
      ada = stage.patient('ada');
      await stage.link(northgate, northgate.keyring.charts[0]!, ada);
      chen = await stage.doctor('Dr Chen', { at: northgate });
      pat = northgate.keyring.charts[0]!.pat;
      await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'monday', '2026-11-16', { status: 'amended' })]);
    }, 120_000);

    afterAll(() => stage?.[Symbol.asyncDispose]());

    const words = ({ problems }: Opened): string[] => [...new Set(problems.map(({ what }) => what))];
    const log = () => logKey(join(stage.town.folder, 'keys', 'cloud'));
    const putBack = (work: () => Promise<void>) => putBackAfter(stage, [ada, chen, northgate.keyring], stage.cloudAs(ada), work);

    test('that does not lie is read whole, by owner and doctor, and witnessed', async () => {
      for (const who of [ada, chen]) {
        const opened = await stage.open(who, { pat });
        expect(opened.problems).toEqual([]);
        expect(opened.ids).toContain('monday');
        expect(opened.charts[0]!.standing).toMatchObject({ kind: 'witnessed' });
        expect(who.receipts.due).toEqual([]);
      }
    });

    test('that serves version 1 after version 2, and hides that there was one', async () => {
      await putBack(async () => {
        const second = `(select posting_id from shelf_mi where pat = $1 and version = 2)`;
        const values = [Buffer.from(pat)];
        await stage.sql(`delete from posting_node where posting_id in ${second}`, values);
        await stage.sql(`delete from posting where posting_id in ${second}`, values);
        await stage.sql(`delete from shelf_mi where posting_id in ${second}`, values);
        for (const who of [ada, chen]) expect(words(await stage.open(who, { pat }))).toEqual([expect.stringMatching(less)]);
      });
    });

    test('that drops a row, and all that was posted with it', async () => {
      await putBack(async () => {
        const node = `(select node_id from shelf_mi where pat = $1 order by node_id limit 1)`;
        const values = [Buffer.from(pat)];
        await stage.sql(`delete from posting_node where node_id in ${node}`, values);
        await stage.sql(`delete from shelf_mi where node_id in ${node}`, values);
        expect(words(await stage.open(chen, { pat }))).toContainEqual(expect.stringMatching(less));
      });
    });

    test('that takes an act out of its log before it is written there', async () => {
      await putBack(async () => {
        const cloud = stage.cloudAs(chen);
        let forgotten: Promise<unknown> = Promise.resolve();
        const forgetting = {
          ...cloud,
          records: {
            ...cloud.records,
            rows: async (asked: Parameters<typeof cloud.records.rows>[0]) => {
              const answer = await cloud.records.rows(asked);
              forgotten = forgotten.then(() => stage.sql('delete from receipt where place is null'));
              await forgotten;
              return answer;
            },
          },
        };
        const first = await stage.open(chen, { pat, cloud: forgetting });
        // It has a minute; the promises are kept in mind.
        expect(first.problems).toEqual([]);
        expect(chen.receipts.due.length).toBeGreaterThan(0);
        const now = stage.clock();
        stage.clock.to(new Date(now + 61_000).toISOString());
        expect(words(await stage.open(chen, { pat }))).toEqual([brokenPromise]);
        expect(chen.receipts.due).toEqual([]);
      });
    });

    test('that promises nothing, or under another key', async () => {
      const cloud = stage.cloudAs(chen);
      for (const promise of [undefined, new Uint8Array(90)]) {
        const rows = async (asked: Parameters<typeof cloud.records.rows>[0]) => {
          const { promise: _, ...answer } = await cloud.records.rows(asked);
          return { ...answer, ...(promise && { promise }) };
        };
        const opened = await stage.open(chen, { pat, cloud: { ...cloud, records: { ...cloud.records, rows } } });
        expect(words(opened)).toEqual([noPromise]);
      }
    });

    test('that answers with a promise of before, of this visit or of an earlier one, or of long ago', async () => {
      const cloud = stage.cloudAs(chen);
      const given: Bytes[] = [];
      /** The cloud, but that what it promises with rows is changed. */
      const promising = (change: (promise: Bytes) => Bytes) => {
        const rows = async (asked: Parameters<typeof cloud.records.rows>[0]) => {
          const { promise, ...answer } = await cloud.records.rows(asked);
          return { ...answer, ...(promise && { promise: change(promise) }) };
        };
        return { ...cloud, records: { ...cloud.records, rows } };
      };
      const watching = promising((promise) => {
        given.push(promise);
        return promise;
      });
      expect((await stage.open(chen, { pat, cloud: watching })).problems).toEqual([]);
      expect(given.length).toBeGreaterThan(0);
      const again = promising(() => given[0]!);
      expect(words(await stage.open(chen, { pat, cloud: again }))).toEqual([noPromise]);
      // The keyring as it lies on disk: nobody remembers what came, but how far the log was seen.
      const next = decodeKeyring(encodeKeyring(chen));
      expect(next.receipts.due).toEqual([]);
      expect(words(await stage.open(next, { pat, cloud: again }))).toEqual([noPromise]);
      for (const seconds of [-601, 301]) {
        const { commitment, time } = decodePromise(given[0]!)!;
        const key = await log();
        const shifted = promising(() =>
          encodePromise(
            promise(
              key,
              commitment.map((byte) => byte ^ 1),
              time + seconds,
            ),
          ),
        );
        expect(words(await stage.open(decodeKeyring(encodeKeyring(chen)), { pat, cloud: shifted }))).toEqual([noPromise]);
      }
      expect((await stage.open(chen, { pat })).problems).toEqual([]);
    });

    test('that recomputes its log without an act, shorter or regrown', async () => {
      for (const regrown of [false, true]) {
        await putBack(async () => {
          await stage.open(ada, { pat });
          await stage.sql('delete from receipt where place = 1');
          await stage.sql('update receipt set place = null');
          for (const table of ['log', 'log_node', 'map_node']) await stage.sql(`truncate ${table}`);
          await stage.sql('insert into unmapped select pat, posting_id from posting');
          if (regrown)
            await stage.take(northgate, [patient('p-ben', 'Okoro', 'Ben'), pulse('p-ben', hex(pat), '2026-11-18')]).catch(() => {});
          const opened = await stage.open(ada, { pat });
          expect(words(opened)).toEqual([expect.stringMatching(/older log than before|cannot both be true|go(es)? on/)]);
          expect(() => mustBeWhole(opened.charts[0]!)).toThrow(/Cannot open chart/);
        });
      }
    });

    test('that signs a second log of the same length', async () => {
      const cloud = stage.cloudAs(ada);
      await stage.open(ada, { pat });
      const nodes = async (asked: Parameters<typeof cloud.receipts.nodes>[0]) => {
        const answer = await cloud.receipts.nodes(asked);
        const head = openCheckpoint(answer.note, await log())!.checkpoint;
        return { ...answer, path: [], note: signCheckpoint(await log(), { ...head, root: merkleRoot([]) }) };
      };
      const seen = readHead(decodeNote(ada.receipts.seen!)!.text)!.size;
      const opened = await stage.open(ada, { pat, cloud: { ...cloud, receipts: { ...cloud.receipts, nodes } } });
      expect(readHead(decodeNote(ada.receipts.seen!)!.text)!.size).toBe(seen);
      expect(words(opened)).toEqual(['the cloud signed two logs that cannot both be true']);
    });

    test('that shows an old head, to who has seen a newer one and to who has not', async () => {
      const cloud = stage.cloudAs(ada);
      const pats = { pat, seen: 0 };
      const nodes = (await cloud.records.nodes({ pat })).nodes.map(({ nodeId }) => nodeId);
      const recorded = new Map<string, Awaited<ReturnType<typeof cloud.receipts.nodes>>>();
      for (const nodeId of nodes) recorded.set(hex(nodeId), await cloud.receipts.nodes({ ...pats, nodes: [nodeId] }));
      const first = recorded.get(hex(nodes[0]!))!;
      const replayed = {
        ...cloud,
        receipts: {
          ...cloud.receipts,
          nodes: async ({ nodes: asked }: { nodes: Bytes[] }) => ({
            ...first,
            path: [],
            proofs: asked.map((nodeId) => recorded.get(hex(nodeId))?.proofs[0] ?? new Uint8Array()),
          }),
        },
      };
      ada.receipts.seen = null;
      expect((await stage.open(ada, { pat, cloud: replayed })).problems).toEqual([]);
      await stage.open(chen, { pat });
      await stage.open(ada, { pat });
      expect(words(await stage.open(ada, { pat, cloud: replayed }))).toEqual(['the cloud shows an older log than before']);
      ada.receipts.seen = null;
      stage.clock.to(new Date(stage.clock() + 601_000).toISOString());
      expect(words(await stage.open(ada, { pat, cloud: replayed }))).toEqual([expect.stringMatching(/stands still/)]);
      expect((await stage.open(ada, { pat })).problems).toEqual([]);
    });

    test('that signs with a key of its own', async () => {
      const config = {
        databaseUrl: stage.town.postgres.url(),
        host: '127.0.0.1',
        port: 0,
        nextFree: true,
        cors: [],
        logLevel: 'silent' as const,
      };
      const own = { authority: stage.town.addresses.authority, keys: temporaryFolder(), clock: stage.clock };
      await putBack(async () => {
        const posing = await startCloud({ ...config, ...own });
        // Until it signs for the first time it has the honest one's signature to show.
        stage.clock.to(new Date(stage.clock() + 61_000).toISOString());
        try {
          const cloud = connectCloud(overHttp ? posing.url : posing.fetch, ada, stage.clock);
          expect(words(await stage.open(ada, { pat, cloud }))).toEqual(['the cloud’s log is not signed with the key that this town names']);
        } finally {
          await posing.close();
        }
      });
    });

    test('whose log lacks what a hospital posted', async () => {
      await putBack(async () => {
        const cloud = stage.cloudAs(northgate.keyring);
        const post = async (asked: Parameters<typeof cloud.records.post>[0]) => {
          const answer = await cloud.records.post(asked);
          await stage.sql('delete from receipt where place is null');
          return answer;
        };
        const forgetful = { ...cloud, records: { ...cloud.records, post } };
        const resources = [patient('p-ada'), pulse('p-ada', 'friday', '2026-11-20')];
        expect(await refusal(stage.take(northgate, resources, forgetful))).toBe('ok');
        expect(northgate.keyring.receipts.due.length).toBeGreaterThan(0);
        stage.clock.to(new Date(stage.clock() + 61_000).toISOString());
        expect(await refusal(stage.take(northgate, [patient('p-ada')]))).toBe('tampered');
      });
    });
  });
}

describe('a witness', () => {
  let stage: Stage;
  let ada: Keyring;

  beforeAll(async () => {
    stage = await openStage();
    const northgate = await stage.place('northgate');
    await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'monday', '2026-11-16')]);
    ada = stage.patient('ada');
    await stage.link(northgate, northgate.keyring.charts[0]!, ada);
    // Its cloudlet looks at the log as soon as the clinic is handed over to it.
    await stage.place('harbour');
  }, 120_000);

  afterAll(() => stage?.[Symbol.asyncDispose]());

  const witnessed = async (who: Keyring) => (await stage.open(who)).charts[0]!.standing;
  const signedLast = () => stage.sql<{ note: Buffer; fork: Buffer | null }>('select note, fork from cloudlet_harbour.witnessed');

  test('of another organisation signs what the cloud shows, and readers see who', async () => {
    const harbour = hex((await stage.place('harbour')).keyring.card.id);
    expect(await witnessed(ada)).toEqual({ kind: 'witnessed', by: [expect.stringContaining(`${harbour}/`)] });
  });

  test('vouches also for what came after, as far as that goes on from what it signed', async () => {
    await stage.take(await stage.place('northgate'), [patient('p-ada'), pulse('p-ada', 'tuesday', '2026-11-17')]);
    expect((await witnessed(ada))?.kind).toBe('witnessed');
    const cloud = stage.cloudAs(ada);
    const nodes = async (asked: Parameters<typeof cloud.receipts.nodes>[0]) => {
      const answer = await cloud.receipts.nodes(asked);
      return { ...answer, witnessed: answer.witnessed && { ...answer.witnessed, path: answer.witnessed.path.slice(1) } };
    };
    const opened = await stage.open(ada, { cloud: { ...cloud, receipts: { ...cloud.receipts, nodes } } });
    expect(opened.problems.map(({ what }) => what)).toContain('the cloud shows another log than its witness saw');
  });

  test('whose signature is of more than ten minutes ago vouches for nothing', async () => {
    const before = stage.clock();
    stage.clock.to(new Date(before + 601_000).toISOString());
    expect(await witnessed(ada)).toEqual({ kind: 'unwitnessed' });
  });

  test('is nobody the town does not name', async () => {
    const cloud = stage.cloudAs(ada);
    const { note } = await cloud.receipts.head({ seen: 0 });
    const { secret, public: key } = signingKey();
    const signed = encodeNote(cosignNote(decodeNote(note)!, { name: 'stranger', key, secret }, Math.floor(stage.clock() / 1000)));
    expect(await refusal(cloud.receipts.cosign({ note: signed }))).toBe('denied');
    const signature = signWitness(ada.secrets.edSk, ada.card.id, key);
    expect(await refusal(stage.authorityAs(ada).town.witness({ key, signature }))).toBe('denied');
    const harbour = (await stage.place('harbour')).keyring;
    expect(await refusal(stage.authorityAs(harbour).town.witness({ key, signature }))).toBe('denied');
  });

  test('who is shown two logs keeps the proof, signs neither, and signs nothing any more', async () => {
    const [before] = await signedLast();
    const log = await logKey(join(stage.town.folder, 'keys', 'cloud'));
    const { checkpoint } = openCheckpoint(before!.note, log)!;
    // The cloud signs another tree of the very length that was witnessed.
    const forged = signCheckpoint(log, { ...checkpoint, root: merkleRoot([]), time: Math.floor(stage.clock() / 1000) });
    await stage.sql('update log set size = $1, note = $2, time = $3', [
      checkpoint.size,
      Buffer.from(forged),
      Math.floor(stage.clock() / 1000),
    ]);
    await stage.town.cloudlets.get('harbour')!.witness();
    const [after] = await signedLast();
    expect(after!.note).toEqual(before!.note);
    expect(verifyFork(decodeFork(after!.fork!)!, log)).toBe(true);
    await stage.sql('update log set note = $1, size = $2', [before!.note, checkpoint.size]);
    await stage.town.cloudlets.get('harbour')!.witness();
    expect(await signedLast()).toEqual([after]);
  });
});

describe('a patient goes through her receipts', () => {
  let stage: Stage;
  let northgate: Place;
  let ada: Keyring;
  let chen: Keyring;
  let pat: Bytes;

  beforeAll(async () => {
    stage = await openStage();
    northgate = await stage.place('northgate');
    await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'sunday', '2026-11-15')]);
    ada = stage.patient('ada');
    await stage.link(northgate, northgate.keyring.charts[0]!, ada);
    await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'monday', '2026-11-16'), pulse('p-ada', 'undated', undefined)]);
    pat = northgate.keyring.charts[0]!.pat;
    chen = await stage.doctor('Dr Chen', { at: northgate });
    await stage.open(chen);
    await stage.place('harbour');
    await stage.town.cloudlets.get('harbour')!.witness();
    await renewManifest(stage.authorityAs(ada), ada);
  }, 120_000);

  afterAll(() => stage?.[Symbol.asyncDispose]());

  const own = (cloud = stage.cloudAs(ada)) => ownReceipts({ keyring: ada, cloud, clock: stage.clock });
  const pin = () => foundingHash(stage.town.manifest);

  test('and finds who wrote and who read, and a stranger can check it offline', async () => {
    const { charts, problems, standing, exported } = await own();
    expect(problems).toEqual([]);
    expect(standing.kind).toBe('witnessed');
    const [chart] = charts;
    // What was written before she was linked is sealed to the cradle.
    expect(chart!.earlier).toBe(3);
    expect(chart!.receipts.map(({ receipt }) => receipt.kind).sort()).toEqual([
      'posting',
      'reading',
      'reading',
      'reading',
      'transformation',
    ]);
    if (!exported) throw new Error('nobody witnessed it');
    const report = verifyExport(exported, pin());
    expect(report).toMatchObject({ kind: 'read', holds: true, manifest: 'pinned', hidden: [] });
    expect(
      verifyExport(
        exported,
        pin().map((byte) => byte ^ 1),
      ),
    ).toMatchObject({ holds: false, manifest: 'another' });
    for (let i = 0; i < 40; i++) {
      const at = Math.floor((exported.length * (i + 0.5)) / 40);
      const changed = verifyExport(
        exported.map((byte, place) => (place === at ? byte ^ 1 : byte)),
        pin(),
      );
      expect(changed.kind === 'unreadable' || !changed.holds, `byte ${at}`).toBe(true);
    }
  });

  test('and takes home what a witness saw, while more is written', async () => {
    await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'undated-too', undefined)]);
    const { charts, exported } = await own();
    const report = verifyExport(exported!, pin());
    expect(report).toMatchObject({ holds: true });
    expect(report.kind === 'read' && report.receipts.length).toBe(charts[0]!.receipts.length - 1);
  });

  test('and misses what was rolled back together with the map', async () => {
    const newest = `select r.posting_id from receipt r join posting p on p.posting_id = r.posting_id where p.pat = $1 and p.part = 'MI' order by r.place desc limit 1`;
    const [found] = await stage.sql<{ posting_id: Buffer }>(newest, [Buffer.from(pat)]);
    const tables = ['shelf_mi', 'posting_node', 'posting'];
    /** The map says what lies there now, and a doctor's look makes the log longer: only its receipt remembers the posting. */
    const mapAnew = async () => {
      await stage.sql('update log set map = $1', [Buffer.from(emptyMap)]);
      await stage.sql('insert into unmapped select pat, posting_id from posting');
      // Cards go into the map as they are written.
      await stage.sql('update card_receipt set place = null');
      await stage.open(chen);
    };
    await stage.sql('create schema kept');
    for (const table of tables) {
      await stage.sql(`create table kept.${table} as table ${table}`);
      await stage.sql(`delete from ${table} where posting_id = $1`, [found!.posting_id]);
    }
    await mapAnew();
    expect((await stage.open(ada)).problems).toEqual([]);
    expect((await own()).problems).toEqual(['something that was written here is not there any more']);
    for (const table of tables) {
      await stage.sql(`truncate ${table}`);
      await stage.sql(`insert into ${table} select * from kept.${table}`);
    }
    await mapAnew();
    expect((await own()).problems).toEqual([]);
  });

  test('and finds a part of her chart that is hidden from her', async () => {
    const cloud = stage.cloudAs(ada);
    const nodes = async (asked: Parameters<typeof cloud.records.nodes>[0]) => {
      const answer = await cloud.records.nodes(asked);
      const [row] = await stage.sql<{ node_id: Buffer }>(
        `select n.node_id from posting_node n join receipt r on r.posting_id = n.posting_id where n.pat = $1 order by r.place desc limit 1`,
        [Buffer.from(pat)],
      );
      return { ...answer, nodes: answer.nodes.filter(({ nodeId }) => hex(nodeId) !== row!.node_id.toString('hex')) };
    };
    const { problems } = await own({ ...cloud, records: { ...cloud.records, nodes } });
    expect(problems).toContain('a part of a chart is not what the cloud’s own log says it is');
  });

  test('and finds one that was exchanged, and one that was left out', async () => {
    const cloud = stage.cloudAs(ada);
    type Listed = Awaited<ReturnType<typeof cloud.receipts.list>>['receipts'];
    const lying = (change: (receipts: Listed) => Listed) => {
      const list = async (asked: Parameters<typeof cloud.receipts.list>[0]) => {
        const answer = await cloud.receipts.list(asked);
        return { ...answer, receipts: change(answer.receipts) };
      };
      return own({ ...cloud, receipts: { ...cloud.receipts, list } });
    };
    const exchanged = await lying((all) =>
      all.map((one, i) => ({ ...one, sealed: all[(i + 1) % all.length]!.sealed, commitment: all[0]!.commitment })),
    );
    expect(exchanged.problems).toContain('a receipt is not the one that the cloud’s log holds');
    const without = await lying((all) => all.slice(0, 3));
    expect(without.problems).toContain('something was written here without a receipt');
  });
});
