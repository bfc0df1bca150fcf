import { expect, test } from 'vitest';
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
