import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goesStraight } from '../../../src/jetsms/no-proxy.ts';

const straight = (address: string, ...noProxy: readonly string[]): boolean =>
  goesStraight(new URL(address), noProxy);

describe('what is reached without the proxy', () => {
  it.each([
    ['http://jetsms.example/xmlsms', 'jetsms.example'],
    ['http://ws.jetsms.example/', 'jetsms.example'],
    ['http://ws.jetsms.example/', '.jetsms.example'],
    ['http://jetsms.example/', '.jetsms.example'],
    ['http://ws.jetsms.example/', '*.jetsms.example'],
    ['http://JETSMS.example./', 'JetSMS.Example'],
    ['https://jetsms.example/', 'jetsms.example:443'],
    ['http://jetsms.example/', 'jetsms.example:80'],
    ['http://jetsms.example:8080/', 'jetsms.example:8080'],
    ['http://anything.example/', '*'],
    ['http://10.1.2.3/', '10.0.0.0/8'],
    ['http://10.1.2.3/', '10.1.2.3'],
    ['http://10.1.2.3:8080/', '10.0.0.0/8:8080'],
    ['http://[2001:db8::1]/', '2001:db8::/32'],
    ['http://[2001:db8::1]/', '2001:DB8:0::1'],
    ['http://[2001:db8::1]:81/', '[2001:db8::1]:81'],
  ])('%s by %s', (address, entry) => {
    expect(straight(address, 'other.example', entry)).toBe(true);
  });

  it.each([
    ['http://jetsms.example/', ''],
    ['http://notjetsms.example/', 'jetsms.example'],
    ['http://jetsms.example.evil.example/', 'jetsms.example'],
    ['https://jetsms.example/', 'jetsms.example:80'],
    ['http://jetsms.example/', 'ws.jetsms.example'],
    ['http://jetsms.example/', '.'],
    ['http://11.1.2.3/', '10.0.0.0/8'],
    ['http://10.1.2.3/', '10.0.0.0/99'],
    ['http://10.1.2.3/', '10.0.0.0/8/8'],
    ['http://10.1.2.3/', '2001:db8::/32'],
    ['http://10.1.2.3/', '2.3'],
    ['http://[2001:db8::1]:81/', '[2001:db8::1]:82'],
  ])('not %s by %s', (address, entry) => {
    expect(straight(address, entry)).toBe(false);
  });

  it('is told of any list without an error', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (list) => {
        expect(typeof straight('http://10.1.2.3/', ...list)).toBe('boolean');
      }),
    );
  });
});
