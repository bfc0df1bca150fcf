/**
 * A recorded day, searched: nothing leaves for anywhere but the portal and the cloud, and nothing that leaves, is logged
 * or is kept by the browser holds a word of Ada's records, a passphrase or a key.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vital } from '@carelet/care/model';
import { openKeyringFile } from '@carelet/client/keyring/file';
import { openLockedFile } from '@carelet/client/keyring/locked-file';
import { decodeWearable } from '@carelet/client/session/wearable';
import { utf8 } from '@carelet/crypto/algebra/bytes';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyringKeys, passphraseKey, serviceKeys, wearableKeys } from '../breach/keys.ts';
import { needlesOf, type Secret, shortest } from '../breach/needles.ts';
import { searcher } from '../breach/search.ts';
import { colleagues, doctors, organisations } from '../cast.ts';
import { lives } from '../days/index.ts';
import { button, choose, comesIn, comesInWithFile, goTo, link, reads, sees } from './deeds.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
import type { Sent } from './tap.testing.ts';
import type { Visit } from './visit.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

test('a day leaves nothing behind but what is locked', { timeout: 400_000 }, async () => {
  await using ada = await stage.visit();
  await using chen = await stage.visit();
  await using mara = await stage.visit();
  await adasDay(ada.page);
  await chensDay(chen.page);
  await marasDay(mara.page);
  const secrets = await everySecret();
  const search = searcher(needlesOf(secrets));
  const found = (bytes: Uint8Array) => {
    const seen = new Set<string>();
    search.look(new Uint8Array(bytes), ({ needle }) => void seen.add(`${needle.of.name}, ${needle.as}`));
    return [...seen];
  };

  // [1] Where to.
  for (const { tap } of [ada, chen, mara]) {
    const strangers = tap.origins().filter((origin) => origin !== stage.url && origin !== new URL(stage.cloud).origin);
    expect(strangers).toEqual([]);
    expect(tap.sent.length).toBeGreaterThan(20);
  }
  // [2] What: addresses, headers, bodies.
  for (const { tap } of [ada, chen, mara]) {
    for (const sent of tap.sent) expect(found(wholeOf(sent)), `${sent.method} ${new URL(sent.url).pathname}`).toEqual([]);
    expect(tap.sent.filter(({ url }) => new URL(url).search !== '' && !/\/(assets|worker)\//.test(url))).toEqual([]);
  }
  // [3] What the browser says, what the services log.
  for (const { said } of [ada, chen, mara]) expect(found(utf8(said.join('\n')))).toEqual([]);
  expect(stage.logs()).toContain('"service":"portal"');
  expect(found(utf8(stage.logs()))).toEqual([]);
  // [4] What the browser keeps. A keyring that rests says whose it is, so that she can choose it; that is all.
  const kept = await keptBy(ada);
  expect(kept.resting).toEqual(['Ada Marlow']);
  expect(found(utf8(kept.all)).filter((one) => !one.startsWith('title of the keyring'))).toEqual([]);
  expect((await keptBy(chen)).resting).toEqual(['Dr Mei Chen']);
  for (const visit of [chen, mara]) expect(found(utf8((await keptBy(visit)).all))).toEqual([]);

  // The control: each shape of each secret is found where it lies, in each place that was searched.
  for (const needle of needlesOf(secrets)) {
    expect(found(wholeOf({ at: 0, method: 'POST', url: stage.url, headers: [], body: Buffer.from(needle.bytes) }))).not.toEqual([]);
  }
  const word = 'Ada Marlow';
  const key = secrets.find(({ name }) => name.startsWith('Ed25519 secret of ada'))!;
  const told = Buffer.from(key.bytes).toString('hex');
  await ada.page.evaluate(
    `fetch('/authority/${told}?who=${encodeURIComponent(told)}', { method: 'POST', headers: { 'x-told': '${told}' }, body: '${word}' })`,
  );
  const leak = ada.tap.sent.at(-1)!;
  for (const part of [
    { ...leak, headers: [], body: Buffer.alloc(0) },
    { ...leak, url: '/', body: Buffer.alloc(0) },
    { ...leak, url: '/', headers: [] },
  ]) {
    expect(found(wholeOf(part))).not.toEqual([]);
  }
  await ada.page.evaluate(`console.info('${word}'); localStorage.setItem('told', '${told}'); sessionStorage.setItem('told', '${word}')`);
  await expect.poll(() => found(utf8(ada.said.join('\n')))).not.toEqual([]);
  expect(found(utf8((await keptBy(ada)).all)).filter((one) => !one.startsWith('title of the keyring'))).not.toEqual([]);
});

const wholeOf = ({ url, headers, body }: Sent): Uint8Array =>
  Buffer.concat([utf8(`${decodeURIComponent(url)}\n${headers.join('\n')}\n`), body]);

/** Ada comes with her own file and lets it rest here, looks at everything, and takes a copy along. */
async function adasDay(page: Page): Promise<void> {
  await page.goto(`${stage.url}/sign-in`);
  const bytes = await readFile(join(stage.keyrings.folder, 'ada.keyring'));
  await comesInWithFile(page, { name: 'ada.keyring', bytes }, 'not hers at all');
  await sees(page, 'This passphrase does not open it');
  await page.getByLabel('Passphrase', { exact: true }).fill(stage.keyrings.passphrase);
  await button(page, 'Unlock').click();
  await reads(page, /higher than usual/);
  await link(page, 'See the trend').click();
  await reads(page, /^Blood pressure$/);
  await link(page, /^Open the reading of/).click();
  await link(page, 'How do I know?').click();
  await button(page, /Change one character/).click();
  await sees(page, 'It did not open.');
  await goTo(page, 'Records');
  await choose(page, 'Kind of record', /^Notes/);
  await page.getByRole('group', { name: 'Records' }).getByRole('link').first().click();
  await link(page, 'How do I know?').waitFor();
  await stage.watchSends([vital('blood-pressure', Date.now(), 'ada-watch', [167, 99])]);
  await goTo(page, 'Home');
  await sees(page, '167/99');
  await page.keyboard.press('Shift+L');
  await reads(page, 'Locked');
}

async function chensDay(page: Page): Promise<void> {
  await comesIn(page, 'Dr Mei Chen');
  await reads(page, /needs a look/);
  await goTo(page, 'Patients');
  await page.getByLabel('Find by name').fill('Ada Marlow');
  await link(page, 'Ada Marlow').click();
  await reads(page, 'Everything');
  await link(page, /^Blood pressure/).click();
  await link(page, /^Open the reading of/).click();
  await link(page, 'How do I know?').click();
  await sees(page, 'Opens to what you see');
  await page.keyboard.press('Shift+L');
  await reads(page, 'Locked');
}

async function marasDay(page: Page): Promise<void> {
  await comesIn(page, 'Mara Holt');
  await goTo(page, 'People');
  await link(page, 'Dr Jonas Lind').click();
  await page.getByLabel('We compared the fingerprint by voice').check();
  await button(page, 'Approve').click();
  await sees(page, /You signed\. 1 of 2/);
  await page.keyboard.press('Shift+L');
  await reads(page, 'Locked');
}

/** Every word of Ada's records, every key in use, every passphrase that was typed. */
async function everySecret(): Promise<Secret[]> {
  const { keyrings, town } = stage;
  const held: Secret[] = [];
  for (const name of ['ada', 'ben', 'dr-chen', 'mara', 'joan', 'harbour', 'northgate']) {
    held.push(...keyringKeys(await openKeyringFile(join(keyrings.folder, `${name}.keyring`), keyrings.passphrase)));
  }
  const watch = await openLockedFile(join(keyrings.folder, '..', 'wearables', 'ada-watch.wearable'), keyrings.passphrase);
  held.push(...wearableKeys(decodeWearable(watch.content)), ...(await serviceKeys(town, 'harbour')));
  held.push(passphraseKey(keyrings.passphrase), passphraseKey('not hers at all'));
  held.push(...wordsOf().map((text, i): Secret => ({ name: `word ${i} of Ada's records`, kind: 'word', bytes: utf8(text) })));
  // Last, because her records say it too: of one text the last name counts.
  held.push({ name: 'title of the keyring', kind: 'word', bytes: utf8('Ada Marlow') });
  const unique = new Map(held.map((secret) => [Buffer.from(secret.bytes).toString('latin1'), secret]));
  return [...unique.values()].filter(({ bytes }) => bytes.length >= shortest);
}

/** Where people wrote something, as opposed to codes and addresses of code systems. */
const spoken = /^(text|display|family|line|city|postalCode|birthDate|value|title|description|conclusion|valueString|div|given)$/;
/** What everybody in town may know: who works where, and as what. */
const known = new Set([
  ...organisations.flatMap(({ name, phone, site, address }) => [name, phone, site, ...address.lines, address.city]),
  ...[...doctors, ...colleagues].flatMap(({ name, specialty }) => [[name.prefix, ...name.given, name.family].join(' '), specialty.display]),
]);

/** Words, sentences and values of Ada's life as the demo town tells it. */
function wordsOf(): string[] {
  const words = new Set<string>();
  const keep = (text: string) => {
    for (const one of [text, ...text.split(/(?<=[.!?])\s+|\n+/)]) if (utf8(one).length >= shortest && !known.has(one)) words.add(one);
  };
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'string' && spoken.test(name)) keep(value);
    else if (typeof value === 'string' && name === 'data') keep(Buffer.from(value, 'base64').toString('utf8'));
    else if (Array.isArray(value)) for (const one of value) walk(one, name);
    else if (typeof value === 'object' && value !== null) {
      if ('value' in value && 'unit' in value) words.add(`"value":${String(value.value)},"unit":"${String(value.unit)}"`);
      for (const [inner, one] of Object.entries(value)) walk(one, inner);
    }
  };
  for (const { patient, bundle } of lives({ seed: 'town', to: new Date(stage.clock()) })) {
    if (patient === 'ada') for (const { resource } of bundle.entry) walk(resource, '');
  }
  expect(words.size).toBeGreaterThan(200);
  return [...words];
}

/** Everything that pages of this window kept, as text in which bytes stand as they are, as numbers and in hex. */
async function keptBy({ page }: Visit): Promise<{ all: string; resting: string[] }> {
  const { text, resting } = await page.evaluate<{ text: string; resting: string[] }>(`(async () => {
    const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
    const resting = [];
    const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');
    const say = (value) => {
      if (value instanceof ArrayBuffer) value = new Uint8Array(value);
      if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        kept.push(hex(bytes), new TextDecoder('utf-8').decode(bytes), new TextDecoder('latin1').decode(bytes));
      } else if (value && typeof value === 'object') for (const [name, one] of Object.entries(value)) { kept.push(name); say(one); }
      else kept.push(String(value));
    };
    const done = (request) => new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const within = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([done(within.getAllKeys()), done(within.getAll())]);
        keys.forEach(say);
        values.forEach(say);
        if (store === 'keyrings') resting.push(...values.map(({ title }) => title));
      }
      database.close();
    }
    for (const cache of await caches.keys()) kept.push(cache);
    return { text: kept.join('\\n'), resting };
  })()`);
  return { all: text, resting };
}
