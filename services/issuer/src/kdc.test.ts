/**
 * Three key servers, each of which looks for itself before it answers: one alone makes no key, and none answers for what was not
 * granted, is over, or is somebody else's.
 */
import { readdir } from 'node:fs/promises';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type CardKind, encodeCard, vouch } from '@carelet/crypto/cards/card';
import { readIssuerKeys } from '@carelet/crypto/cards/issuer';
import { decodeManifest, encodeManifest, foundingHash, signManifest } from '@carelet/crypto/cards/manifest';
import { type Answered, readAnswer, type Said, sayTo } from '@carelet/crypto/kdc/asking';
import { hashOfLetter, placeOf, type SharedGrant, signEnd, signGrant } from '@carelet/crypto/kdc/grant';
import { combine } from '@carelet/crypto/kdc/reader';
import { signDeed } from '@carelet/crypto/records/chart';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { identityIn } from './identity.ts';
import { openCast, type Person } from './issuer.testing.ts';
import { forgetOver, type KeptGrant } from './kdc.ts';

const group = await loadGroup('mcl');
const places = [0, 1, 2];
const cast = await openCast();
const { clock, folders, introductions, keyFiles, kept, person, roles, started, tables } = cast;
const { last } = await tables[0]!.selectFrom('town').select('last').executeTakeFirstOrThrow();
const manifest = decodeManifest(last)!;
let servers: Bytes;
afterAll(() => cast[Symbol.asyncDispose]());

/** A person of whom two issuers say who she is. */
async function vouched(kind: CardKind): Promise<Person> {
  const { card, secrets } = person(kind);
  const signing = await Promise.all([0, 1].map((place) => identityIn(tables[place]!, keyFiles[place]!)));
  return { card: signing.reduce((one, { edSk }, by) => vouch(one, by, edSk), card), secrets };
}

const at = (place: number) => ({ town: foundingHash(manifest), server: place + 1 });
const keysOf = (place: number) => readIssuerKeys(introductions[place]!)!;

const closed = (place: number, who: Person, said: Said, time = clock.now): Bytes =>
  sayTo(at(place), keysOf(place).hybridPk, { card: who.card, edSk: who.secrets.edSk }, said, time);

async function carried(place: number, who: Person, request: Bytes): Promise<Answered> {
  const { sealed } = await roles[place]!.kdc.answer({ sealed: request });
  return readAnswer(at(place), keysOf(place).edVk, who.secrets.hybridSk, request, sealed)!;
}

const say = (place: number, who: Person, said: Said, time = clock.now) => carried(place, who, closed(place, who, said, time));
const refusalOf = (answered: Answered): string => (answered.kind === 'refused' ? answered.as : answered.kind);

describe('the servers', () => {
  const generation = { organisation: null, attempt: 1 };

  test('are made by all three together, once, and none has the secret', async () => {
    const promises = (await Promise.all(roles.map((role) => role.generation.promise(generation)))).map(({ promise }) => promise);
    const shown = await Promise.all(roles.map((role) => role.generation.reveal({ ...generation, promises })));
    const openings = shown.map(({ opening }) => opening);
    const outcomes = await Promise.all(
      roles.map((role, to) => role.generation.conclude({ ...generation, openings, shares: shown.map(({ shares }) => shares[to]!) })),
    );
    const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
    const confirmed = await Promise.all(roles.map((role) => role.generation.confirm({ ...generation, signatures })));
    servers = confirmed[0]!.domain;
    expect(new Set(confirmed.map(({ domain }) => hex(domain))).size).toBe(1);
    await expect(roles[0]!.generation.promise({ ...generation, attempt: 2 })).rejects.toMatchObject({ kind: 'conflict' });
    const shares = await Promise.all(tables.map((db) => db.selectFrom('key_server').select('secret').executeTakeFirstOrThrow()));
    expect(new Set(shares.map(({ secret }) => hex(secret))).size).toBe(3);
  });

  test('stand in the manifest as they were made, and no other does', async () => {
    const sign = (keyServers: Bytes | undefined, serial = 2) => {
      const { signatures: _, ...body } = manifest;
      const next = signManifest({ ...body, serial, ...(keyServers && { keyServers }) }, []);
      return roles[0]!.town.sign({ manifest: encodeManifest(next), witnesses: [], emergencies: [] });
    };
    await expect(sign(systemRandom(450))).rejects.toMatchObject({ kind: 'denied' });
    await sign(servers);
    await expect(sign(undefined, 3)).rejects.toMatchObject({ kind: 'denied' });
  });
});

describe('a grant', () => {
  let northgate: Person;
  let ada: Person;
  let chen: Person;
  let ivy: Person;
  let grant: SharedGrant;
  let nodes: Bytes[];

  beforeEach(async () => {
    northgate ??= await vouched('organisation');
    chen ??= await vouched('doctor');
    ada ??= person('patient');
    ivy ??= person('patient');
    const ids = { grant: systemRandom(16), pat: systemRandom(16), owner: ada.card.id, reader: chen.card.id };
    grant = { ...ids, issued: clock.now, notAfter: clock.now + 86_400, letterHash: hashOfLetter(systemRandom(9)) };
    nodes = [systemRandom(16), systemRandom(16)];
  });

  const deedFor = ({ card }: Person, by = northgate, pat = grant.pat) =>
    signDeed(by.secrets.edSk, { pat, writer: by.card.id, owner: card.id });
  const laying = (more: Partial<Said & { kind: 'lay' }> = {}): Said => ({
    ...{ kind: 'lay', grant: signGrant(ada.secrets.edSk, grant), writer: encodeCard(northgate.card), deed: deedFor(ada), nodes },
    ...more,
  });
  const asking = (more: Partial<Said & { kind: 'ask' }> = {}): Said => ({
    ...{ kind: 'ask', owner: ada.card.id, pat: grant.pat, grant: grant.grant, nodes },
    ...more,
  });
  const ending = (who = ada): Said => ({ kind: 'end', grant: grant.grant, pat: grant.pat, end: signEnd(who.secrets.edSk, grant) });
  /** The end of one that a server may not know. */
  const unseen = (): Said => ({ ...ending(), chart: { writer: encodeCard(northgate.card), deed: deedFor(ada) } }) as Said;
  const layAll = async () => {
    for (const place of places) expect(await say(place, ada, laying())).toEqual({ kind: 'laid', nodes: nodes.length });
  };
  const partsOf = async (who: Person, ...of: number[]) =>
    Promise.all(
      of.map(async (place) => {
        const answered = await say(place, who, asking());
        if (answered.kind !== 'parts') throw new Error(`${place} ${JSON.stringify(answered)}`);
        return answered.parts.map((partial) => ({ server: place + 1, partial }));
      }),
    );
  const keyOf = (parts: Awaited<ReturnType<typeof partsOf>>, i: number) =>
    combine(
      group,
      servers,
      placeOf(grant, nodes[i]!),
      parts.map((some) => some[i]!),
    );

  test('gives its owner and its reader the same key by whichever two servers, and by one none', async () => {
    await layAll();
    const [hers, his] = [await partsOf(ada, 0, 1), await partsOf(chen, 2, 0)];
    for (const i of [0, 1]) {
      const { key, wrong } = keyOf(hers, i);
      expect([key?.length, wrong]).toEqual([32, []]);
      expect(keyOf(his, i).key).toEqual(key);
      expect(keyOf([his[0]!], i).key).toBeNull();
    }
    expect(keyOf(hers, 0).key).not.toEqual(keyOf(hers, 1).key);
  });

  test('a part for one node is no part for another, and a lie is named', async () => {
    await layAll();
    const [one, two, three] = await partsOf(chen, 0, 1, 2);
    const swapped = [two![1]!, two![0]!];
    const right = keyOf([one!, two!], 0).key;
    expect(keyOf([one!, swapped], 0)).toEqual({ key: null, wrong: [2] });
    expect(keyOf([one!, swapped, three!], 0)).toEqual({ key: right, wrong: [2] });
  });

  test('is laid by the owner of its chart alone, as its writer says', async () => {
    const rogue = person('organisation');
    const refused: [Person, Said, string][] = [
      [ivy, laying(), 'invalid'],
      [ivy, laying({ grant: signGrant(ivy.secrets.edSk, { ...grant, owner: ivy.card.id }) }), 'denied'],
      [ada, laying({ deed: deedFor(ivy) }), 'denied'],
      [ada, laying({ deed: deedFor(ada, northgate, systemRandom(16)) }), 'denied'],
      [ada, laying({ writer: encodeCard(rogue.card), deed: deedFor(ada, rogue) }), 'denied'],
      [ada, laying({ grant: signGrant(ada.secrets.edSk, { ...grant, issued: clock.now - 9, notAfter: clock.now }) }), 'invalid'],
      [ada, laying({ grant: signGrant(ada.secrets.edSk, { ...grant, notAfter: clock.now + 400 * 86_400 }) }), 'invalid'],
      [chen, laying({ grant: signGrant(chen.secrets.edSk, { ...grant, owner: chen.card.id }), deed: deedFor(chen) }), 'invalid'],
    ];
    for (const [who, said, kind] of refused) expect(refusalOf(await say(0, who, said)), kind).toBe(kind);
    expect(await say(0, ada, laying())).toEqual({ kind: 'laid', nodes: 2 });
    const other = signGrant(ada.secrets.edSk, { ...grant, reader: ivy.card.id });
    expect(refusalOf(await say(0, ada, laying({ grant: other })))).toBe('conflict');
  });

  test('grows by nodes, each once', async () => {
    await layAll();
    expect(await say(0, ada, laying({ nodes: [...nodes, systemRandom(16)] }))).toEqual({ kind: 'laid', nodes: 3 });
    expect(await say(0, ada, laying({ nodes: [] }))).toEqual({ kind: 'laid', nodes: 3 });
    const most = Array.from({ length: 4096 }, () => systemRandom(16));
    for (let pages = 0; pages < 4; pages++) await say(0, ada, laying({ nodes: most.map(() => systemRandom(16)) }));
    expect(refusalOf(await say(0, ada, laying({ nodes: most })))).toBe('invalid');
  });

  test('one answer for no grant, another’s, a node outside it, one that is over and one that ended', async () => {
    const answers: Answered[] = [await say(0, chen, asking())];
    await layAll();
    answers.push(await say(0, ivy, asking()), await say(0, northgate, asking()));
    answers.push(await say(0, chen, asking({ nodes: [...nodes, systemRandom(16)] })));
    answers.push(await say(0, chen, asking({ owner: ivy.card.id })), await say(0, chen, asking({ pat: systemRandom(16) })));
    expect(await say(0, ada, ending())).toEqual({ kind: 'ended' });
    answers.push(await say(0, chen, asking()), await say(0, ada, asking()));
    clock.now += 86_400;
    answers.push(await say(1, chen, asking()));
    clock.now -= 86_400;
    for (const answered of answers) expect(answered).toEqual({ kind: 'refused', as: 'denied', because: 'no grant to you holds here' });
    expect((await say(1, chen, asking())).kind).toBe('parts');
  });

  test('is ended by its owner alone, for good: not by laying it anew, and not by a server that was restarted', async () => {
    await layAll();
    for (const [who, said] of [
      [ivy, ending(ivy)],
      [ivy, ending()],
      [ada, ending(ivy)],
      [chen, ending(chen)],
    ] as const)
      await say(0, who, said);
    expect((await say(0, chen, asking())).kind).toBe('parts');
    const early = closed(0, ada, laying());
    expect(await say(0, ada, ending())).toEqual({ kind: 'ended' });
    expect(await say(0, ada, ending())).toEqual({ kind: 'ended' });
    expect(refusalOf(await carried(0, ada, early))).toBe('conflict');
    roles[0] = await started(0);
    expect(refusalOf(await carried(0, ada, early))).toBe('conflict');
    expect(refusalOf(await say(0, chen, asking()))).toBe('denied');
    // One of the three that was not told makes nothing alone.
    expect(keyOf(await partsOf(chen, 1), 0).key).toBeNull();
  });

  test('a database from a backup brings none back', async () => {
    await layAll();
    const backup = await tables[0]!.selectFrom('answered').selectAll().execute();
    await say(0, ada, ending());
    await tables[0]!.deleteFrom('answered').execute();
    if (backup.length > 0) await tables[0]!.insertInto('answered').values(backup).execute();
    roles[0] = await started(0);
    expect(refusalOf(await say(0, chen, asking()))).toBe('denied');
    const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
      where table_schema = 'issuer_one'`.execute(tables[0]!);
    expect(rows.length).toBeGreaterThan(5);
    for (const { name } of rows) {
      const { rows: found } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(tables[0]!);
      // Neither the grant nor whose chart it is about lies in any table.
      for (const { row } of found) for (const word of [grant.grant, grant.pat]) expect(row, name).not.toContain(hex(word));
    }
  });

  test('one that ended before it arrived never holds, however late it arrives', async () => {
    const year = 396 * 86_400;
    const long = { ...grant, notAfter: clock.now + year };
    expect(await say(0, ada, unseen())).toEqual({ kind: 'ended' });
    // Said again it wants no proof any more.
    expect(await say(0, ada, ending())).toEqual({ kind: 'ended' });
    const { grant: _, ...body } = laying() as Said & { kind: 'lay' };
    const late = (given: SharedGrant) => say(0, ada, { ...body, grant: signGrant(ada.secrets.edSk, given) });
    const begun = clock.now;
    try {
      for (const days of [0, 200, 395]) {
        clock.now = begun + days * 86_400;
        await forgetOver(kept[0]!, clock.now);
        roles[0] = await started(0);
        expect(refusalOf(await late(long))).toBe('conflict');
        // Nor one that was signed before the end for longer than any grant lasts, or under a day to come.
        expect(refusalOf(await late({ ...long, notAfter: begun + 2 * year }))).toBe('invalid');
        expect(refusalOf(await late({ ...long, issued: clock.now + 301, notAfter: clock.now + 302 }))).toBe('invalid');
      }
      clock.now = begun + 398 * 86_400;
      await forgetOver(kept[0]!, clock.now);
      expect(refusalOf(await late(long))).toBe('invalid');
      expect(refusalOf(await late({ ...long, notAfter: begun + 2 * year }))).toBe('invalid');
    } finally {
      clock.now = begun;
    }
  });

  test('that never came is ended by whoever shows the chart to be hers: strangers leave nothing on the disk', async () => {
    const files = async () => (await readdir(folders[0]!)).length;
    const before = await files();
    const rogue = person('organisation');
    const chart = { writer: encodeCard(northgate.card), deed: deedFor(ada) };
    const none = { kind: 'refused', as: 'denied', because: 'no grant to you holds here' };
    for (const [who, said] of [
      [ada, ending()],
      [ivy, ending(ivy)],
      [ivy, { ...ending(ivy), chart }],
      [ada, { ...ending(), chart: { ...chart, deed: deedFor(ada, northgate, systemRandom(16)) } }],
      [ada, { ...ending(), chart: { writer: encodeCard(rogue.card), deed: deedFor(ada, rogue) } }],
      [ada, { ...ending(), chart: { writer: encodeCard(chen.card), deed: deedFor(ada, chen) } }],
    ] as [Person, Said][]) {
      expect(await say(0, who, said)).toEqual(none);
    }
    expect(await files()).toBe(before);
    expect(await say(0, ada, unseen())).toEqual({ kind: 'ended' });
    expect(await files()).toBe(before + 1);
  });

  test('that never came is kept as ended only so many times of one owner, also over a restart', async () => {
    const [ben, files] = [person('patient'), async () => (await readdir(folders[0]!)).length];
    const chart = { writer: encodeCard(northgate.card), deed: deedFor(ben) };
    const endOne = () => {
      const name = { grant: systemRandom(16), pat: grant.pat };
      return say(0, ben, { kind: 'end', ...name, end: signEnd(ben.secrets.edSk, name), chart });
    };
    const before = await files();
    let ended = 0;
    while ((await endOne()).kind === 'ended' && ended < 500) {
      ended++;
      if (ended === 50) roles[0] = await started(0);
    }
    expect(ended).toBe(100);
    expect(refusalOf(await endOne())).toBe('unavailable');
    expect(await files()).toBe(before + ended);
    // Nobody else is kept from ending hers, nor she from ending one that was laid.
    expect(await say(0, ada, unseen())).toEqual({ kind: 'ended' });
    const given = { ...grant, grant: systemRandom(16), owner: ben.card.id };
    expect(await say(0, ben, { ...laying(), grant: signGrant(ben.secrets.edSk, given), deed: deedFor(ben) } as Said)).toMatchObject({
      kind: 'laid',
    });
    expect(await say(0, ben, { kind: 'end', grant: given.grant, pat: given.pat, end: signEnd(ben.secrets.edSk, given) })).toEqual({
      kind: 'ended',
    });
    const begun = clock.now;
    try {
      // Once they are over others are taken.
      clock.now += 398 * 86_400;
      await forgetOver(kept[0]!, clock.now);
      expect(await files()).toBeLessThan(before);
      expect((await endOne()).kind).toBe('ended');
    } finally {
      clock.now = begun;
    }
  });

  test('of no nodes leaves nothing on the disk, and of one owner so many hold or are numbers of what ended, also over a restart', async () => {
    const [ben, files] = [person('patient'), async () => (await readdir(folders[0]!)).length];
    const given = { ...grant, owner: ben.card.id };
    const laid = (more: Partial<Said & { kind: 'lay' }> = {}, of = { ...given, grant: systemRandom(16) }) =>
      say(0, ben, laying({ grant: signGrant(ben.secrets.edSk, of), deed: deedFor(ben), ...more }));
    const before = await files();
    expect(await laid({ nodes: [] })).toEqual({ kind: 'laid', nodes: 0 });
    expect(await files()).toBe(before);
    // As if she had laid and ended very many.
    const body = signGrant(ben.secrets.edSk, given);
    const { notAfter } = given;
    const fill = async (many: number, one: KeptGrant) => {
      for (let at = 0; at < many; at += 100) {
        await Promise.all(Array.from({ length: Math.min(100, many - at) }, () => kept[0]!.put(systemRandom(16), one)));
      }
    };
    await fill(497, { kind: 'holds', notAfter, reader: chen.card.id, body, nodes: nodes[0]! });
    expect((await laid({}, given)).kind).toBe('laid');
    roles[0] = await started(0);
    for (let i = 0; i < 2; i++) expect((await laid()).kind).toBe('laid');
    expect(refusalOf(await laid())).toBe('conflict');
    // What is there grows, and everybody else lays hers.
    expect(await laid({ nodes: [systemRandom(16)] }, given)).toEqual({ kind: 'laid', nodes: 3 });
    expect((await say(0, ada, laying())).kind).toBe('laid');
    const endGiven = { kind: 'end', grant: given.grant, pat: given.pat, end: signEnd(ben.secrets.edSk, given) } as const;
    expect((await say(0, ben, endGiven)).kind).toBe('ended');
    expect((await laid()).kind).toBe('laid');
    expect(refusalOf(await laid())).toBe('conflict');
    await kept[0]!.dropWhere((one) => one.kind === 'holds');
    await fill(1998, { kind: 'ended', notAfter, owner: ben.card.id, came: true });
    roles[0] = await started(0);
    expect((await laid()).kind).toBe('laid');
    expect(refusalOf(await laid())).toBe('conflict');
    const begun = clock.now;
    try {
      clock.now = notAfter;
      await forgetOver(kept[0]!, clock.now);
      expect((await laid({}, { ...given, grant: systemRandom(16), notAfter: clock.now + 60 })).kind).toBe('laid');
    } finally {
      clock.now = begun;
    }
  });

  test('what is over by its date is forgotten, and nothing else', async () => {
    await layAll();
    await forgetOver(kept[0]!, grant.notAfter - 1);
    expect((await say(0, chen, asking())).kind).toBe('parts');
    await forgetOver(kept[0]!, grant.notAfter);
    expect(refusalOf(await say(0, chen, asking()))).toBe('denied');
  });

  test('a request counts once, within five minutes, at the server it was said to', async () => {
    await layAll();
    const request = closed(0, chen, asking());
    expect((await carried(0, chen, request)).kind).toBe('parts');
    expect(refusalOf(await carried(0, chen, request))).toBe('denied');
    await expect(roles[1]!.kdc.answer({ sealed: request })).rejects.toMatchObject({ kind: 'denied' });
    for (const off of [-301, 301]) expect(refusalOf(await say(0, chen, asking(), clock.now + off))).toBe('denied');
    await expect(roles[0]!.kdc.answer({ sealed: systemRandom(2000) })).rejects.toMatchObject({ kind: 'denied' });
  });

  test('nobody for whom two issuers must vouch asks without them', async () => {
    await layAll();
    const nobody = { ...chen, card: { ...chen.card, vouchers: chen.card.vouchers.slice(0, 1) } };
    await expect(say(0, nobody, asking())).rejects.toMatchObject({ kind: 'denied' });
  });

  test('each answer is written down: by which grant, to whom, of how many nodes, and no more', async () => {
    await layAll();
    const before = await tables[2]!.selectFrom('answered').selectAll().execute();
    await say(2, chen, asking());
    await say(2, ivy, asking());
    const [row, ...more] = (await tables[2]!.selectFrom('answered').selectAll().orderBy('serial').execute()).slice(before.length);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ card: chen.card.id, nodes: 2, time: clock.now });
    expect(Object.keys(row!).sort()).toEqual(['card', 'grant_name', 'nodes', 'serial', 'time']);
  });

  test('whoever asks for very much has to wait', async () => {
    await layAll();
    const greedy = person('patient');
    const many = asking({ nodes: Array<Bytes>(128).fill(nodes[0]!) });
    let asked = 0;
    while (refusalOf(await say(2, greedy, many)) === 'denied' && asked < 400) asked++;
    expect(asked).toBeGreaterThan(200);
    expect(asked).toBeLessThan(400);
    expect((await say(2, chen, asking())).kind).toBe('parts');
    clock.now += 3600;
    expect(refusalOf(await say(2, greedy, many))).toBe('denied');
    clock.now -= 3600;
  });
});
