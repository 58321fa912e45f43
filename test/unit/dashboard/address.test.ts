import { describe, expect, it } from 'vitest';
import { addressOf, networkOf } from '../../../src/dashboard/address.ts';

describe('addressOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['unknown', '198.51.100.1'],
    ['192.0.2.7:4711', '198.51.100.1'],
    ['\u001b[2J', '198.51.100.1'],
    ['', '198.51.100.1'],
  ])('makes of %j the address %s', (ip, address) => {
    expect(addressOf({ ip, socket: { remoteAddress: '::ffff:198.51.100.1' } })).toBe(address);
  });

  it('says so where the caller has gone', () => {
    expect(addressOf({ ip: '', socket: {} })).toBe('unknown');
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('counts %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
