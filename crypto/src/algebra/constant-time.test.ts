import { expect, test } from 'vitest';
import { branchesOf, leaksOf } from './constant-time.testing.ts';

const moduleOf = (...lines: string[]) => `(module\n (func $f (param $0 i32) (result i32)\n  (local $1 i32)\n${lines.join('\n')}\n )\n)\n`;
const secret = ['local.get $0', 'i32.load8_u'];

test('what was read from memory decides no branch, loop, select, address, length or division', () => {
  const leaking: Record<string, string[]> = {
    if: [...secret, 'if', 'i32.const 1', 'drop', 'end', 'i32.const 0'],
    br_if: ['block $b', ...secret, 'br_if $b', 'end', 'i32.const 0'],
    select: ['i32.const 1', 'i32.const 2', ...secret, 'select'],
    'i32.load': [...secret, 'i32.load'],
    'i32.store': [...secret, 'i32.const 1', 'i32.store', 'i32.const 0'],
    'memory.fill': ['i32.const 8', 'i32.const 0', ...secret, 'memory.fill', 'i32.const 0'],
    'i32.rem_u': [...secret, 'i32.const 3', 'i32.rem_u'],
  };
  for (const [what, lines] of Object.entries(leaking)) expect(leaksOf(moduleOf(...lines)).map((leak) => leak.what)).toEqual([what]);
});

test('a secret is followed through locals, loops, blocks, calls and results', () => {
  const branch = ['if', 'i32.const 1', 'drop', 'end', 'i32.const 0'];
  expect(leaksOf(moduleOf(...secret, 'i32.const 7', 'i32.and', 'local.set $1', 'local.get $1', ...branch))).toHaveLength(1);
  const around = ['loop $l', 'local.get $1', 'br_if $l', ...secret, 'local.set $1', 'local.get $0', 'br_if $l', 'end', 'i32.const 0'];
  expect(leaksOf(moduleOf(...around)).map(({ line }) => line)).toEqual([2]);
  expect(leaksOf(moduleOf('block $b (result i32)', ...secret, 'br $b', 'end', ...branch))).toHaveLength(1);
  // Once its parameter may be a secret, both addresses are.
  expect(leaksOf(moduleOf(...secret, 'call $f', 'drop', ...secret))).toHaveLength(2);
  expect(leaksOf(moduleOf('i32.const 4', 'call $f', ...branch, 'drop', ...secret))).toHaveLength(1);
});

test('loops over numbers and overwritten locals are no leaks', () => {
  const counted = [
    'loop $l',
    ...secret,
    'drop',
    'local.get $1',
    'i32.const 1',
    'i32.add',
    'local.tee $1',
    'i32.const 9',
    'i32.lt_u',
    'br_if $l',
  ];
  expect(leaksOf(moduleOf(...counted, 'end', 'i32.const 0'))).toEqual([]);
  expect(leaksOf(moduleOf(...secret, 'local.set $1', 'i32.const 1', 'local.set $1', 'local.get $1', 'i32.load'))).toEqual([]);
  expect(branchesOf(moduleOf(...counted, 'end', 'i32.const 0'))).toEqual({ $f: 1 });
});
