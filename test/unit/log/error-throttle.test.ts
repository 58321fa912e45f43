import { describe, expect, it } from 'vitest';
import { createErrorThrottle } from '../../../src/log/error-throttle.ts';

const refused = (message = 'x'): Error => Object.assign(new Error(message), { code: 'ECONNREFUSED' });

function setup() {
  let time = 1_000_000;
  const throttle = createErrorThrottle({ windowMs: 10_000, now: () => time });
  const pass = (ms: number): void => {
    time += ms;
  };
  return { throttle, pass };
}

describe('the error throttle', () => {
  it('lets one line of a flood through per window, and counts the rest', () => {
    const { throttle, pass } = setup();
    const lines = [];
    for (let count = 0; count < 5_000; count += 1) {
      lines.push(throttle.admit(refused(`try ${count}`)));
    }
    expect(lines.filter((line) => line !== undefined)).toEqual([{ repeated: 0 }]);
    pass(9_999);
    expect(throttle.admit(refused())).toBeUndefined();
    pass(1);
    expect(throttle.admit(refused())).toEqual({ repeated: 5_000 });
  });

  it('tells different errors apart', () => {
    const { throttle } = setup();
    expect(throttle.admit(refused())).toEqual({ repeated: 0 });
    expect(throttle.admit(new Error('a'))).toEqual({ repeated: 0 });
    expect(throttle.admit(new Error('b'))).toEqual({ repeated: 0 });
    expect(throttle.admit(new Error('b'))).toBeUndefined();
  });

  it('starts anew after a quiet time', () => {
    const { throttle, pass } = setup();
    throttle.admit(refused());
    pass(60_000);
    expect(throttle.admit(refused())).toEqual({ repeated: 0 });
  });

  it('remembers no more than a hundred different errors', () => {
    const { throttle } = setup();
    throttle.admit(new Error('first'));
    for (let count = 0; count < 100; count += 1) throttle.admit(new Error(`other ${count}`));
    expect(throttle.admit(new Error('first'))).toEqual({ repeated: 0 });
    expect(throttle.admit(new Error('other 99'))).toBeUndefined();
  });
});
