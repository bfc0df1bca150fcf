import { CareletError } from '@carelet/care/model';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { flag, maybe, origin, port, readConfiguration, setting, text, whole, words } from './config.ts';

const settings = {
  port: setting('CARELET_PORT', port(4100)),
  threads: setting('CARELET_THREADS', whole(1, 64, 2)),
  quiet: setting('CARELET_QUIET', flag(false)),
  origins: setting('CARELET_ORIGINS', words()),
  portal: setting('CARELET_PORTAL', origin()),
  database: setting('DATABASE_URL', maybe()),
  home: setting('CARELET_HOME', text()),
};

describe('a configuration', () => {
  test('has defaults for what is not set, or set to nothing', () => {
    const config = readConfiguration(settings, { CARELET_HOME: '/srv', CARELET_PORT: '', CARELET_QUIET: '  ' });
    expect(config).toEqual({ port: 4100, threads: 2, quiet: false, origins: [], portal: undefined, database: undefined, home: '/srv' });
    expectTypeOf(config.port).toEqualTypeOf<number>();
    expectTypeOf(config.quiet).toEqualTypeOf<boolean>();
    expectTypeOf(config.database).toEqualTypeOf<string | undefined>();
    expectTypeOf(config.home).toEqualTypeOf<string>();
  });

  test('reads numbers, flags, lists and origins', () => {
    const config = readConfiguration(settings, {
      CARELET_PORT: '0',
      CARELET_THREADS: ' 64 ',
      CARELET_QUIET: 'Yes',
      CARELET_ORIGINS: 'http://a, http://b  http://c',
      CARELET_PORTAL: 'https://portal.example',
      DATABASE_URL: 'postgres://ada:secret@db/carelet',
      CARELET_HOME: '/srv',
    });
    expect(config).toEqual({
      port: 0,
      threads: 64,
      quiet: true,
      origins: ['http://a', 'http://b', 'http://c'],
      portal: 'https://portal.example',
      database: 'postgres://ada:secret@db/carelet',
      home: '/srv',
    });
  });

  test('names every variable that does not fit, and no value', () => {
    const read = () =>
      readConfiguration(settings, {
        CARELET_PORT: '70000',
        CARELET_THREADS: '1e1',
        CARELET_QUIET: 'perhaps-secret',
        CARELET_PORTAL: 'https://ada:secret@portal.example/',
      });
    expect(read).toThrow(CareletError);
    expect(read).toThrow(
      'Cannot read configuration "CARELET_PORT, CARELET_THREADS, CARELET_QUIET, CARELET_PORTAL, CARELET_HOME": ' +
        'it has to be a whole number from 0 to 65535; it has to be a whole number from 1 to 64; it has to be yes or no; ' +
        'it has to be an origin like https://portal.example; it is not set',
    );
  });
});
