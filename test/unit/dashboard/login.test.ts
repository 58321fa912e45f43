import { describe, expect, it } from 'vitest';
import { createLoginThrottle, matchesLogin } from '../../../src/dashboard/login.ts';

const login = { username: 'operator', password: 'uzun bir şifre' };

describe('matchesLogin', () => {
  it('takes the right login and nothing near it', () => {
    expect(matchesLogin({ ...login }, login)).toBe(true);
    for (const given of [
      { ...login, password: 'uzun bir şifr' },
      { ...login, password: '' },
      { ...login, username: 'Operator' },
      { username: login.password, password: login.username },
    ]) {
      expect(matchesLogin(given, login)).toBe(false);
    }
  });
});

describe('createLoginThrottle', () => {
  function throttleAt(start: number) {
    const clock = { ms: start };
    return {
      clock,
      throttle: createLoginThrottle({ mostFailures: 2, windowMs: 60_000, now: () => clock.ms }),
    };
  }

  it('lets an address wait for the rest of the window after too many failures', () => {
    const { clock, throttle } = throttleAt(1_000);
    throttle.failed('a');
    expect(throttle.waitMs('a')).toBe(0);
    clock.ms += 10_000;
    throttle.failed('a');
    expect(throttle.waitMs('a')).toBe(50_000);
    expect(throttle.waitMs('b')).toBe(0);
    clock.ms += 50_000;
    expect(throttle.waitMs('a')).toBe(0);
  });

  it('forgets the failures of an address that logs in', () => {
    const { throttle } = throttleAt(0);
    throttle.failed('a');
    throttle.passed('a');
    throttle.failed('a');
    expect(throttle.waitMs('a')).toBe(0);
  });

  it('keeps no more than a thousand addresses', () => {
    const { throttle } = throttleAt(0);
    throttle.failed('first');
    throttle.failed('first');
    for (let index = 0; index < 1_000; index += 1) throttle.failed(`address ${index}`);
    expect(throttle.waitMs('first')).toBe(0);
  });
});
