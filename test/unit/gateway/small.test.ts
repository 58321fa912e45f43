import { describe, expect, it } from 'vitest';
import { accountView } from '../../../src/gateway/account-view.ts';
import { keyIn } from '../../../src/gateway/guard.ts';
import { maskedName } from '../../../src/gateway/observe.ts';
import { operations } from '../../../src/gateway/operations.ts';
import { readParameters, timeOf } from '../../../src/gateway/parameters.ts';
import { accountFor, accountsOf, mayUseLane, rightRefusal } from '../../../src/gateway/scope.ts';
import { gatewayOperations } from '../../../src/metrics/labels.ts';

const grant = { id: 'k1', name: 'shop', rights: ['send'] } as const;

describe('the gateway', () => {
  it('takes a key from the header Authorization alone, as a bearer', () => {
    expect(keyIn('Bearer abc')).toBe('abc');
    expect(keyIn('bearer  abc ')).toBe('abc');
    for (const other of [undefined, '', 'abc', 'Basic abc', 'Bearer', 'Bearer a b'])
      expect(keyIn(other)).toBeUndefined();
  });

  it('masks what looks like a phone in the name of a key', () => {
    expect(maskedName('shop-2')).toBe('shop-2');
    expect(maskedName('ali 05321234567')).toBe('ali *****');
  });

  it('counts each of its operations by its name', () => {
    expect([...Object.keys(operations), 'other']).toEqual([...gatewayOperations]);
  });

  it('reads parameters that it knows, each once', () => {
    expect(readParameters({ a: '1' }, ['a', 'b'])).toEqual({ parameters: { a: '1' } });
    expect(readParameters(undefined, ['a'])).toEqual({ parameters: {} });
    expect(readParameters({ a: ['1', '2'], c: '3' }, ['a'])).toEqual({
      refusal: {
        status: 400,
        flaws: [{ code: 'PARAMETER_INVALID', at: { parameter: 'a' } }, { code: 'PARAMETER_UNKNOWN' }],
      },
    });
  });

  it('reads a time of an address, in which a plus has become a space', () => {
    expect(timeOf('1893456000000')).toBe(1_893_456_000_000);
    expect(timeOf('2030-01-31T09:00:00 03:00')).toBe('2030-01-31T09:00:00+03:00');
    expect(timeOf('2030-01-31T09:00:00Z')).toBe('2030-01-31T09:00:00Z');
  });

  it('lets a key do what it is for', () => {
    const known = ['acme', 'shop'];
    expect(rightRefusal(grant, 'send')).toBeUndefined();
    expect(rightRefusal(grant, 'cancel')).toMatchObject({ status: 403 });
    expect(accountFor(grant, undefined, known)).toBe('acme');
    expect(accountFor(grant, 'nope', known)).toBe('nope');
    expect(accountFor({ ...grant, accounts: ['shop'] }, 'acme', known)).toBeUndefined();
    expect(accountFor({ ...grant, accounts: [] }, undefined, known)).toBeUndefined();
    expect(accountsOf({ ...grant, accounts: ['shop', 'gone'] }, known)).toEqual(['shop']);
    expect(mayUseLane({ ...grant, lanes: ['otp'] }, 'bulk')).toBe(false);
    expect(mayUseLane({ ...grant, lanes: ['otp'] }, 'nonsense')).toBe(true);
  });

  it('shows of an account neither who holds it nor what an operator wrote', () => {
    const hold = {
      reason: 'operator',
      mode: 'stopped',
      since: 1,
      modeSince: 1,
      by: 'operator ali',
      note: 'call 0532 123 45 67',
      probes: 0,
      nextProbeAt: 0,
      canaryMayGo: false,
    } as const;
    expect(accountView('acme', { account: 'acme', hold, pausedLanes: [] }, undefined)).toEqual({
      account: 'acme',
      hold: { reason: 'operator', mode: 'stopped', since: 1 },
      credit: null,
    });
  });
});
