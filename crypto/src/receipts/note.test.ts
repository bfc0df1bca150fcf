import { describe, expect, test } from 'vitest';
import { text, unbase64, utf8 } from '../algebra/bytes.ts';
import { signingKey } from '../algebra/sign.ts';
import { readHead } from './checkpoint.ts';
import { cosignedBy, cosignNote, decodeNote, encodeNote, lineTypes, printKey, readKey, signedBy, signNote } from './note.ts';

// golang.org/x/mod, sumdb/note/note_test.go (BSD-3-Clause).
describe("Go's notes", () => {
  const peter = readKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')!;
  const enoch = readKey('EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop')!;
  // The seed of PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz.
  const secret = unbase64('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz').slice(1);
  const said = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const peterLine = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
  const enochLine = '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

  test('are written to the byte', () => {
    expect(text(encodeNote(signNote({ text: said, lines: [] }, { ...peter, secret })))).toBe(`${said}\n${peterLine}`);
  });

  test('are read and verified, each line for its key', () => {
    const both = decodeNote(utf8(`${said}\n${peterLine}${enochLine}`))!;
    expect(both.text).toBe(said);
    expect([signedBy(both, peter), signedBy(both, enoch)]).toEqual([true, true]);
    const one = decodeNote(utf8(`${said}\n${enochLine}`))!;
    expect([signedBy(one, peter), signedBy(one, enoch)]).toEqual(['unsigned', true]);
    const changed = decodeNote(utf8(`${said.replace('answer', 'question')}\n${peterLine}`))!;
    expect(signedBy(changed, peter)).toBe(false);
    const twice = decodeNote(utf8(`${said}\n${peterLine}${peterLine.replace('ZJku', 'ZJkv')}`))!;
    expect(signedBy(twice, peter)).toBe(false);
  });

  test.each([
    ['no signature', said],
    ['no line', `${said}\n`],
    ['a line without an end', `${said}\n${peterLine.slice(0, -1)}`],
    ['a control character', `\u0001${said}\n${peterLine}`],
    ['a tab', `a\tb\n\n${peterLine}`],
    ['a name of two words', `${said}\n${peterLine.replace('PeterNeumann', 'Bad Name')}`],
    ['a name with a plus', `${said}\n${peterLine.replace('PeterNeumann', 'Peter+Neumann')}`],
    ['something below', `${said}\n${peterLine}Unexpected line.\n`],
    ['base64 of another spelling', `${said}\n${peterLine.replace('nAM=', 'nAN=')}`],
    ['base64 without its end', `${said}\n${peterLine.replace('nAM=', 'nAM')}`],
    ['an id and nothing else', `${said}\n— PeterNeumann x08gow==\n`],
    ['a hundred lines', `${said}\n${peterLine.repeat(100)}`],
  ])('%s is no note', (_, bytes) => {
    expect(decodeNote(utf8(bytes))).toBeNull();
  });

  test('bytes that are no text are no note', () => {
    const bytes = utf8(`${said}\n${peterLine}`);
    expect(decodeNote(bytes.with(3, 0xff))).toBeNull();
    expect(decodeNote(new Uint8Array())).toBeNull();
  });

  test('a printed key is itself or nothing', () => {
    const printed = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    expect(printKey(peter, lineTypes.signature)).toBe(printed);
    for (let from = 0; from < printed.length; from++)
      for (let to = from; to <= printed.length; to++)
        if (from > 0 || to < printed.length) expect(readKey(printed.slice(from, to))).toBeNull();
    // Of another length, and of an algorithm nobody has, each with the id that belongs to it.
    expect(readKey('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==')).toBeNull();
    expect(readKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toBeNull();
  });
});

// sigsum-go v0.9, pkg/checkpoint/checkpoint_test.go (BSD-2-Clause): the key's seed is 17 and 31 zeros.
describe("Sigsum's checkpoints", () => {
  const secret = new Uint8Array(32).with(0, 17);
  const key = signingKey(() => secret).public;
  const body = 'HA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

  test("a log's signature is theirs", () => {
    const name = 'sigsum.org/v1/tree/e796172b92befd62d9dc67e41c2f5bc9d3100a3023b20b1ca40288dd1c679e69';
    const printed = `${name}\n10\n${body}\n\n— ${name} gJ2ho0n8F8olcerUF1FFdv235A/5as/coWrpLrtE7ovMeP5whgwouYExowG/lTznxu6OUGjjt5yJQ6bXtTcf718MqAQ=\n`;
    const note = decodeNote(utf8(printed))!;
    expect(signedBy(note, { name, key })).toBe(true);
    expect(text(encodeNote(signNote({ text: note.text, lines: [] }, { name, key, secret })))).toBe(printed);
  });

  test("a witness's signature is theirs, with its time", () => {
    const name = 'example.org/witness';
    const line = `— ${name} ys8uUAAAAAAAAATSftMzceM8zssdZ9jin9SjwIxzx9iADMf63VqirX2hafol9RsqNqbofIz0LVRqHXI2kpEBSki5RTXFtxz1vo9+Cg==\n`;
    const said = `example.org/log\n10\n${body}\n`;
    const note = decodeNote(utf8(`${said}\n${line}`))!;
    expect(cosignedBy(note, { name, key })).toBe(1234);
    expect(text(encodeNote(cosignNote({ text: said, lines: [] }, { name, key, secret }, 1234)))).toBe(`${said}\n${line}`);
    expect(cosignedBy(note, { name: 'example.org/witness-2', key })).toBe('unsigned');
    const later = { ...note, lines: note.lines.map((own) => ({ ...own, bytes: own.bytes.with(7, own.bytes[7]! + 1) })) };
    expect(cosignedBy(later, { name, key })).toBe(false);
    for (const length of [1, 64, 71, 73]) {
      const other = { ...note, lines: note.lines.map((own) => ({ ...own, bytes: new Uint8Array(length) })) };
      expect(cosignedBy(other, { name, key })).toBe(false);
    }
  });
});

// https://sum.golang.org/latest on 23 September 2024, as sigsum-go's tests keep it.
test("the checksum database's checkpoint verifies", () => {
  const key = readKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8')!;
  const note = decodeNote(
    utf8(
      'go.sum database tree\n30055305\nmXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n\n— sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlWFJJYle3EJlDCrQ+y3A8=\n',
    ),
  )!;
  expect(signedBy(note, key)).toBe(true);
  expect(readHead(note.text)).toMatchObject({ origin: 'go.sum database tree', size: 30_055_305, extensions: [] });
});

// A checkpoint of a public certificate log of May 2026 with lines of four public witnesses, and a line (RFC 6962's own
// form) of a type we do not have.
test('four witnesses of the public network verify on one checkpoint', () => {
  const note = decodeNote(
    utf8(
      [
        'arche2025h1.staging.ct.transparency.dev',
        '1432088532',
        'U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=',
        '',
        '— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=',
        '— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=',
        '— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==',
        '— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==',
        '— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==',
        '— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==',
        '',
      ].join('\n'),
    ),
  )!;
  const witnesses = [
    'transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM',
    'witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO',
    'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
    'witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv',
  ].map((printed) => readKey(printed)!);
  for (const witness of witnesses) expect(cosignedBy(note, witness)).toBe(0x6a122120);
  const grown = { ...note, text: note.text.replace('1432088532', '1432088533') };
  for (const witness of witnesses) expect(cosignedBy(grown, witness)).toBe(false);
});
