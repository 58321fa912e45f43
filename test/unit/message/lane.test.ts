import { describe, expect, it } from 'vitest';
import { laneDefaults, lanes } from '../../../src/message/lane.ts';

describe('lanes', () => {
  it('run from the most urgent to the least, each with a longer deadline', () => {
    expect(lanes).toEqual(['otp', 'transactional', 'bulk']);
    const deadlines = lanes.map((lane) => laneDefaults[lane].deadlineMs);
    expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b));
  });

  it('ask about a message whose answer never came, and resend only an OTP that was asked about in vain', () => {
    const resent = lanes.filter((lane) => laneDefaults[lane].whenNotFound === 'resend');
    expect(resent).toEqual(['otp']);
    for (const lane of lanes) expect(laneDefaults[lane].whenUncertain).toBe('ask');
  });
});
