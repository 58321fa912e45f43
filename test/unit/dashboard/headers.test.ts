import { describe, expect, it } from 'vitest';
import { isFromElsewhere, namesThisMachine } from '../../../src/dashboard/headers.ts';

describe('namesThisMachine', () => {
  it.each(['localhost:9465', 'LOCALHOST', '127.0.0.1:9465', '127.9.9.9', '[::1]:9465'])(
    'knows %s',
    (host) => {
      expect(namesThisMachine({ host, fetchSite: undefined })).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'evil.example:9465',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
  ])('does not take %s for this machine', (host) =>
    expect(namesThisMachine({ host, fetchSite: undefined })).toBe(false),
  );
});

describe('isFromElsewhere', () => {
  it('believes what the browser says, and takes what is no browser for no page', () => {
    const said = (fetchSite: string | undefined) => isFromElsewhere({ host: undefined, fetchSite });
    expect(['cross-site', 'same-site'].map(said)).toEqual([true, true]);
    expect(['same-origin', 'none', undefined].map(said)).toEqual([false, false, false]);
  });
});
