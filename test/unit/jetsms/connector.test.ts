import { expect, it } from 'vitest';
import { proxyFor, wayKey } from '../../../src/jetsms/connector.ts';

const url = 'https://jetsms.example/xmlsms';
const proxyUrl = 'http://proxy.example:3128';

it('an address has its proxy, unless it is among those that go straight', () => {
  expect(proxyFor(url, { proxyUrl, noProxy: ['other.example'] })).toBe(proxyUrl);
  expect(proxyFor(url, { proxyUrl, noProxy: ['.jetsms.example'] })).toBeUndefined();
  expect(proxyFor(url, { proxyUrl: '', noProxy: [] })).toBeUndefined();
});

it('accounts share an endpoint where address, proxy and trust are the same, and only there', () => {
  const straight = wayKey(url, { proxyUrl: '', noProxy: [], providerCa: '' });
  const through = wayKey(url, { proxyUrl, noProxy: [], providerCa: '' });
  expect(wayKey(url, { proxyUrl, noProxy: ['jetsms.example'], providerCa: '' })).toBe(straight);
  expect(wayKey(url, { proxyUrl, noProxy: ['other.example'], providerCa: '' })).toBe(through);
  const others = [
    straight,
    through,
    wayKey(url, { proxyUrl: 'http://other.example:3128', noProxy: [], providerCa: '' }),
    wayKey(url, { proxyUrl, noProxy: [], providerCa: 'PEM' }),
    wayKey('https://other.example/', { proxyUrl, noProxy: [], providerCa: '' }),
  ];
  expect(new Set(others).size).toBe(others.length);
});
