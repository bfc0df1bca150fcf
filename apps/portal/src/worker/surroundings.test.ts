import { expect, test } from 'vitest';
import { readMap } from './surroundings.ts';

const told = {
  town: 'a town',
  manifest: '00'.repeat(32),
  cloud: 'https://cloud.example',
  authority: '/authority',
  cloudlets: [{ organisation: 'Harbour Clinic', path: '/cloudlets/0', url: 'http://127.0.0.1:4104' }],
  demo: true,
};

test('the authority and the cloudlets are reached through the portal, the cloud by itself', () => {
  expect(readMap(told, 'https://portal.example')).toEqual({
    town: 'a town',
    manifest: '00'.repeat(32),
    cloud: 'https://cloud.example/',
    authority: 'https://portal.example/authority',
    cloudlets: [{ organisation: 'Harbour Clinic', where: 'https://portal.example/cloudlets/0' }],
  });
});

test('whatever else a portal says is refused', () => {
  const strange = [
    null,
    [],
    'town',
    { ...told, cloud: 'javascript:alert(1)' },
    { ...told, cloud: 'data:text/html,x' },
    { ...told, authority: 7 },
    { ...told, manifest: undefined },
    { ...told, cloudlets: {} },
    { ...told, cloudlets: [null] },
    { ...told, cloudlets: [{ organisation: 'x' }] },
  ];
  for (const one of strange) expect(() => readMap(one, 'https://portal.example')).toThrow('Cannot find the town');
});
