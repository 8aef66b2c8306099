import { expect, test } from 'vitest';
import { parseSentinelUrl } from './redis-url.ts';

const PLAIN = {
  ...{ master: 'main', username: undefined, password: undefined, db: 0, tls: false },
  ...{ sentinelUsername: undefined, sentinelPassword: undefined },
};

test.each([
  ['redis+sentinel://one/main', { ...PLAIN, sentinels: [{ host: 'one', port: 26_379 }] }],
  [
    'redis+sentinel://one:1,10.0.0.2,[::1]:3/main/4',
    {
      ...PLAIN,
      db: 4,
      sentinels: [
        { host: 'one', port: 1 },
        { host: '10.0.0.2', port: 26_379 },
        { host: '::1', port: 3 },
      ],
    },
  ],
  [
    'rediss+sentinel://app:p%40ss@one/main?sentinelUsername=watch&sentinelPassword=a%26b',
    {
      ...{ ...PLAIN, sentinels: [{ host: 'one', port: 26_379 }], tls: true, username: 'app', password: 'p@ss' },
      ...{ sentinelUsername: 'watch', sentinelPassword: 'a&b' },
    },
  ],
  ['redis+sentinel://:secret@one/main', { ...PLAIN, sentinels: [{ host: 'one', port: 26_379 }], password: 'secret' }],
])('%s is understood', (text, expected) => {
  expect(parseSentinelUrl(text)).toEqual(expected);
});

test.each([
  'redis://one/main',
  'redis+sentinel://one',
  'redis+sentinel://one/',
  'redis+sentinel:///main',
  'redis+sentinel://one,/main',
  'redis+sentinel://one:0/main',
  'redis+sentinel://one:70000/main',
  'redis+sentinel://one/main/first',
  'redis+sentinel://:%zz@one/main',
])('%s is not one', (text) => {
  expect(parseSentinelUrl(text)).toBeUndefined();
});
