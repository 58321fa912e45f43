import { describe, expect, it } from 'vitest';
import { laneDefaults, lanes, uncertainChoices } from '../../../src/message/lane.ts';

describe('lanes', () => {
  it('run from the most urgent to the least, each with a longer deadline', () => {
    expect(lanes).toEqual(['otp', 'transactional', 'bulk']);
    const deadlines = lanes.map((lane) => laneDefaults[lane].deadlineMs);
    expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b));
  });

  it('resend only an OTP whose answer never came', () => {
    const resent = lanes.filter((lane) => laneDefaults[lane].whenUncertain === 'resend');
    expect(resent).toEqual(['otp']);
    for (const lane of lanes) expect(uncertainChoices).toContain(laneDefaults[lane].whenUncertain);
  });
});
