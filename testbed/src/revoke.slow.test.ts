import { endGrant } from '@carelet/client/sharing/share';
import { mathematicsInThreads } from '@carelet/client/threads';
import { expect, test } from 'vitest';
import { type RevokeOptions, revoke } from './revoke.ts';
import { scratch } from './scratch.ts';

async function proven(more: Partial<RevokeOptions>) {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  return await revoke({ folder: folder.path, mathematics, rounds: 3, durable: false, ...more });
}

test('what was taken back stays closed, whatever of before is put back, and open to whoever may still read', {
  timeout: 240_000,
}, async () => {
  const { attempts, refusals } = await proven({});
  expect(attempts.filter(({ held }) => !held)).toEqual([]);
  expect(attempts).toHaveLength(12);
  expect(refusals).toHaveLength(3);
});

test('without a new generation, keys that were opened before open what is written after', { timeout: 240_000 }, async () => {
  const { attempts } = await proven({ unshare: endGrant });
  const broken = attempts.filter(({ held }) => !held);
  expect(broken.map(({ has }) => has)).toContain('the tables, the files and her keys of before');
  expect(broken.every(({ after }) => after === 2)).toBe(true);
});

test('where nobody is told, everything stays open and is found out', { timeout: 240_000 }, async () => {
  const { attempts } = await proven({ unshare: async () => ({ cloud: true, mediator: true }) });
  const broken = attempts.filter(({ held }) => !held).map(({ has }) => has);
  expect(broken).toContain('a mediator that has not heard');
  expect(broken).toContain('the mediator’s files of before');
});
