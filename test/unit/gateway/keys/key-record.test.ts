import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  grantOf,
  isKeyName,
  isOver,
  type KeyRecord,
  readKeyRecord,
} from '../../../../src/gateway/keys/key-record.ts';

const record: KeyRecord = {
  v: 1,
  name: 'shop',
  hash: '0a'.repeat(32),
  rights: ['send', 'read'],
  createdAt: 1_790_000_000_000,
};
const limited: KeyRecord = {
  ...record,
  accounts: ['default', 'kargo'],
  lanes: ['otp'],
  ratePerSecond: 50,
  expiresAt: 1_800_000_000_000,
};

describe('the record of a key', () => {
  it.each([record, limited])('is read as it was written', (written) => {
    expect(readKeyRecord(JSON.stringify(written))).toEqual(written);
  });

  it.each([
    ['of another version, which may restrict what this one does not know', { v: 2 }],
    ['without a version', { v: undefined }],
    ['without rights', { rights: [] }],
    ['with rights that nobody knows', { rights: ['send', 'admin'] }],
    ['with no account at all', { accounts: [] }],
    ['with accounts that are no names', { accounts: [''] }],
    ['with accounts that are no list', { accounts: 'default' }],
    ['with a lane that there is not', { lanes: ['fast'] }],
    ['with lanes that are null', { lanes: null }],
    ['with a rate of nothing', { ratePerSecond: 0 }],
    ['with a rate that is no number', { ratePerSecond: '50' }],
    ['with an expiry that is no time', { expiresAt: 'never' }],
    ['with an expiry that no Date can hold', { expiresAt: 9e15 }],
    ['with a short hash', { hash: '0a'.repeat(31) }],
    ['with a hash in capitals', { hash: '0A'.repeat(32) }],
    ['without a hash', { hash: undefined }],
    ['with a phone number for a name', { name: 'k05321234567' }],
    ['without a time of creation', { createdAt: undefined }],
  ])('is none %s', (_, spoilt) => {
    expect(readKeyRecord(JSON.stringify({ ...limited, ...spoilt }))).toBeUndefined();
  });

  it('is none for anything else that may lie there, and never throws', () => {
    const anything = fc.oneof(fc.anything(), fc.json(), fc.string());
    fc.assert(fc.property(anything, (value) => readKeyRecord(value) === undefined));
  });

  it('is none where a piece of it is missing', () => {
    const text = JSON.stringify(limited);
    for (let length = 0; length < text.length; length += 1)
      expect(readKeyRecord(text.slice(0, length))).toBeUndefined();
  });

  it('allows what it says and carries nothing else out of Redis', () => {
    const found = readKeyRecord(JSON.stringify({ ...limited, admin: true }));
    expect(found && grantOf('abc', found)).toStrictEqual({
      id: 'abc',
      name: 'shop',
      rights: ['send', 'read'],
      accounts: ['default', 'kargo'],
      lanes: ['otp'],
      ratePerSecond: 50,
      expiresAt: 1_800_000_000_000,
    });
    expect(grantOf('abc', record)).toStrictEqual({ id: 'abc', name: 'shop', rights: ['send', 'read'] });
  });

  it('is over from its very moment on, and never without one', () => {
    expect(isOver({ expiresAt: 10 }, 9)).toBe(false);
    expect(isOver({ expiresAt: 10 }, 10)).toBe(true);
    expect(isOver({}, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('is over where the time cannot be told', () => {
    expect(isOver({ expiresAt: 10 }, Number.NaN)).toBe(true);
  });
});

describe('the name of a key', () => {
  it.each(['a', 'shop', 'shop-2', 'crm.prod_2026-11', 'x'.repeat(40)])('may be %s', (name) => {
    expect(isKeyName(name)).toBe(true);
  });

  it.each([
    ...['', 'Shop', '2shop', '-shop', 'my shop', 'ürün', 'shop\n', 'shop,crm', '__proto__'],
    ...['x'.repeat(41), 'k05321234567', 'k-0532-123-45-67', 'k5321234'],
    ...[undefined, null, 7, ['shop'], {}],
  ])('may not be %j', (name) => {
    expect(isKeyName(name)).toBe(false);
  });
});
