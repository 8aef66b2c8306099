import { expect, test } from 'vitest';
import { parseClusterUrl, parseSentinelUrl } from './redis-url.ts';

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

test('the nodes of a Cluster are understood, with one account for all', () => {
  expect(parseClusterUrl('redis+cluster://one')).toEqual({
    ...{ nodes: [{ host: 'one', port: 6_379 }], username: undefined, password: undefined, tls: false },
  });
  expect(parseClusterUrl('rediss+cluster://app:p%40ss@one:1,[::1]/')).toEqual({
    nodes: [
      { host: 'one', port: 1 },
      { host: '::1', port: 6_379 },
    ],
    ...{ username: 'app', password: 'p@ss', tls: true },
  });
});

test.each([
  'redis://one',
  'redis+cluster://',
  'redis+cluster://one,',
  'redis+cluster://one/0',
  'redis+cluster://%@one',
])('%s names no Cluster', (text) => expect(parseClusterUrl(text)).toBeUndefined());
