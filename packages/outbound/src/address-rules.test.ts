import { expect, test } from 'vitest';
import { mayConnect, parseAllowList } from './address-rules.ts';

const nothing = parseAllowList([]);

test.each([
  '127.0.0.1',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.100.100.200',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::ffff:0:7f00:1',
  '64:ff9b::a00:1',
  '64:ff9b:1::808:808',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
  '2001:db8::1',
  'localhost',
  '',
])('requests do not go to %j', (address) => {
  expect(mayConnect(nothing, 'some.example', address)).toBe(false);
});

test.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
  'requests go to %s',
  (address) => {
    expect(mayConnect(nothing, 'some.example', address)).toBe(true);
  },
);

test('named hosts, addresses and networks are exceptions', () => {
  const allowed = parseAllowList(['intranet', '*.corp.example', '10.1.0.0/16', '192.168.1.7', 'fd00::/8']);
  expect(mayConnect(allowed, 'intranet', '10.9.9.9')).toBe(true);
  expect(mayConnect(allowed, 'API.corp.example.', '10.9.9.9')).toBe(true);
  expect(mayConnect(allowed, 'corp.example', '10.9.9.9')).toBe(false);
  expect(mayConnect(allowed, 'evilcorp.example', '10.9.9.9')).toBe(false);
  expect(mayConnect(allowed, 'other', '10.1.2.3')).toBe(true);
  expect(mayConnect(allowed, 'other', '::ffff:10.1.2.3')).toBe(true);
  expect(mayConnect(allowed, 'other', '10.2.0.1')).toBe(false);
  expect(mayConnect(allowed, 'other', '192.168.1.7')).toBe(true);
  expect(mayConnect(allowed, 'other', '192.168.1.8')).toBe(false);
  expect(mayConnect(allowed, 'other', 'fd12::1')).toBe(true);
});

test.each(['10.0.0.0/33', 'http://intranet', 'a b', '*'])('%j is no exception that can be made', (entry) => {
  expect(() => parseAllowList([entry])).toThrow(`${entry} is no host name, address or CIDR block`);
});
