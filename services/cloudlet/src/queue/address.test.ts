import { expect, test } from 'vitest';
import { configFrom } from '../service.ts';
import { busAddress } from './address.ts';

test('one server or several, with a name and a password, with a token, with neither', () => {
  expect(busAddress('nats://127.0.0.1:4222')).toEqual({ servers: ['127.0.0.1:4222'], tls: false });
  expect(busAddress('tls://a%20token@bus.example')).toEqual({ servers: ['bus.example:4222'], tls: true, token: 'a token' });
  expect(busAddress('tls://harbour:p%40ss@one.example:1,tls://two.example:2/, tls://[::1]')).toEqual({
    servers: ['one.example:1', 'two.example:2', '[::1]:4222'],
    tls: true,
    user: 'harbour',
    pass: 'p@ss',
  });
});

test('what is no address of a bus is refused, and not quoted', () => {
  for (const text of [
    '',
    'harbour:secret',
    'http://harbour:secret@bus.example',
    'nats://harbour:secret@one.example,tls://two.example',
    'nats://one.example,nats://harbour:secret@two.example',
    'nats://:secret@one.example',
    'nats://harbour:secret%@one.example',
    'nats://harbour:secret@one.example/path',
    'nats://harbour:secret@one.example,',
  ]) {
    expect(() => busAddress(text), text).toThrow(expect.objectContaining({ kind: 'invalid', subject: 'BUS_URL' }));
    expect(() => busAddress(text), text).not.toThrow(/secret|harbour/);
  }
});

test('a cloudlet is told of its bus by its environment, and has none where nothing is said', () => {
  const environment = { DATABASE_URL: 'postgres://x', CARELET_KEYS: '/k', CARELET_AUTHORITY: 'http://a', CARELET_CLOUD: 'http://c' };
  expect(configFrom(environment).bus).toBeUndefined();
  const BUS_URL = 'nats://harbour:secret@one.example';
  expect(configFrom({ ...environment, BUS_URL }).bus).toEqual({ url: BUS_URL, replicas: undefined, maxBytes: undefined, leave: false });
  const more = { CARELET_BUS_REPLICAS: '5', CARELET_BUS_MEGABYTES: '20', CARELET_BUS_LEAVE: 'yes' };
  expect(configFrom({ ...environment, BUS_URL, ...more }).bus).toEqual({ url: BUS_URL, replicas: 5, maxBytes: 20_000_000, leave: true });
  expect(() => configFrom({ ...environment, BUS_URL: 'harbour:secret' })).toThrow(expect.objectContaining({ subject: 'BUS_URL' }));
  expect(() => configFrom({ ...environment, BUS_URL, CARELET_BUS_REPLICAS: '6' })).toThrow(/CARELET_BUS_REPLICAS/);
});
