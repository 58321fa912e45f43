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
      throttle: createLoginThrottle({ mostTries: 2, windowMs: 60_000, now: () => clock.ms }),
    };
  }

  it('lets an address wait for the rest of the window after too many logins, known wrong or not', () => {
    const { clock, throttle } = throttleAt(1_000);
    expect(throttle.arrived('192.0.2.1')).toBe(0);
    clock.ms += 10_000;
    expect(throttle.arrived('192.0.2.1')).toBe(0);
    expect(throttle.arrived('192.0.2.1')).toBe(50_000);
    expect(throttle.arrived('192.0.2.2')).toBe(0);
    clock.ms += 50_000;
    expect(throttle.arrived('192.0.2.1')).toBe(0);
  });

  it('counts no right login, however many come', () => {
    const { throttle } = throttleAt(0);
    for (let n = 0; n < 10; n += 1) {
      expect(throttle.arrived('192.0.2.1')).toBe(0);
      throttle.passed('192.0.2.1');
    }
  });

  it('goes on counting wrong ones beside right ones of the same address', () => {
    const { throttle } = throttleAt(0);
    throttle.arrived('192.0.2.1');
    throttle.arrived('192.0.2.1');
    throttle.passed('192.0.2.1');
    expect(throttle.arrived('192.0.2.1')).toBe(0);
    expect(throttle.arrived('192.0.2.1')).toBe(60_000);
  });

  it('counts all addresses of an IPv6 network as one', () => {
    const { throttle } = throttleAt(0);
    throttle.arrived('2001:db8:1:2::1');
    throttle.arrived('2001:db8:1:2::2');
    expect(throttle.arrived('2001:db8:1:2:ffff::3')).toBe(60_000);
    expect(throttle.arrived('2001:db8:1:3::1')).toBe(0);
  });

  it('keeps no more than a thousand networks', () => {
    const { throttle } = throttleAt(0);
    throttle.arrived('192.0.2.1');
    throttle.arrived('192.0.2.1');
    expect(throttle.arrived('192.0.2.1')).toBe(60_000);
    for (let n = 0; n < 1_000; n += 1) throttle.arrived(`10.0.${n >> 8}.${n & 255}`);
    expect(throttle.arrived('192.0.2.1')).toBe(0);
  });
});
