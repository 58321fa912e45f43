import { expect, it } from 'vitest';
import { noSwitches, switchesOf } from '../../../src/jetsms/switches.ts';
import { accountSettings } from '../../support/account-settings.ts';

it('the switches of a lane are its own, else those of all lanes, and times are written as one client does', () => {
  const account = accountSettings({
    url: 'http://jetsms.invalid/',
    channel: { all: 'VF', otp: 'VFO' },
    iysCode: { bulk: '654321' },
    exclusionWindow: { all: '23:00-08:00', otp: '' },
  });
  expect(switchesOf(account, 'otp')).toEqual({ ...noSwitches, channel: 'VFO' });
  expect(switchesOf(account, 'bulk')).toEqual({
    ...noSwitches,
    channel: 'VF',
    iysCode: '654321',
    exclusionStart: '230000',
    exclusionExpire: '080000',
  });
});

it('an account without switches has none in any lane', () => {
  expect(switchesOf(accountSettings({ url: 'http://jetsms.invalid/' }), 'bulk')).toEqual(noSwitches);
});
