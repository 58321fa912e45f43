import { describe, expect, it } from 'vitest';
import { keyInHeader, keyOfItem, withKey } from '../../../src/gateway/idempotency.ts';

describe('the header Idempotency-Key', () => {
  it.each([
    [undefined, undefined],
    ['order-1', 'order-1'],
    ['"order-1"', 'order-1'],
    [' "a \\"b\\" \\\\" ', 'a "b" \\'],
    ['"half', '"half'],
  ])('%j names the key %j', (header, key) => {
    expect(keyInHeader(header === undefined ? undefined : [header])).toEqual({ key });
  });

  it.each([[''], ['""'], ['x'.repeat(257)], ['sipariş'], ['a', 'b']])(
    'is refused as %j, %j',
    (...headers) => {
      expect(keyInHeader(headers)).toMatchObject({
        refusal: { flaws: [{ at: { header: 'Idempotency-Key' } }] },
      });
    },
  );
});

describe('the key of a message', () => {
  it('is that of the header or of the field, which must not differ', () => {
    expect(withKey({ to: '1' }, undefined)).toEqual({ fields: { to: '1' } });
    expect(withKey({ to: '1' }, 'a')).toEqual({ fields: { to: '1', idempotencyKey: 'a' } });
    expect(withKey({ idempotencyKey: 'a' }, 'a')).toEqual({ fields: { idempotencyKey: 'a' } });
    expect(withKey({ idempotencyKey: 'b' }, 'a')).toMatchObject({ refusal: { status: 400 } });
  });

  it('in a batch is made of its place', () => {
    expect(keyOfItem('a', 3)).toBe('a/3');
    expect(keyOfItem(undefined, 3)).toBeUndefined();
  });
});
