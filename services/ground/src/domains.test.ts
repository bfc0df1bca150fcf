/**
 * What a service knows of organisations' domains: the authority is asked about what was not heard of, and about nothing else.
 */

import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import { setup } from '@carelet/crypto/kp-abe/authority';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { expect, test } from 'vitest';
import { domainsIn } from './domains.ts';

test('a number is an organisation’s or its emergencies’, and the authority may be away once that was heard', async () => {
  const { domain: publicKey } = setup(await loadGroup('mcl'), 'Northgate');
  const [organisation, emergency, unknown] = [systemRandom(16), systemRandom(16), systemRandom(16)];
  const manifest: Manifest = {
    ...{ town: 'a town', serial: 2, issuers: [1, 2, 3].map(() => systemRandom(32)), signatures: [] },
    domains: [{ organisation, name: 'Northgate', publicKey, emergency }],
  };
  let asked = 0;
  let away = false;
  const refresh = async () => {
    asked++;
    if (away) throw new Error('away');
    return manifest;
  };
  const domains = domainsIn({ manifest: async () => manifest, refresh, take: async () => manifest }, async () => {});
  expect(await domains.kindOf(emergency)).toBe('emergency');
  away = true;
  expect(await domains.kindOf(emergency)).toBe('emergency');
  expect(await domains.kindOf(organisation)).toBe('domain');
  expect(await domains.isToday(organisation, idOfDomain(publicKey))).toBe(true);
  expect(asked).toBe(1);
  await expect(domains.kindOf(unknown)).rejects.toThrow('away');
  away = false;
  expect(await domains.kindOf(unknown)).toBeNull();
  // A number is never both: emergencies are of no role's domain.
  expect(await domains.isToday(emergency, idOfDomain(publicKey))).toBe(false);
});
