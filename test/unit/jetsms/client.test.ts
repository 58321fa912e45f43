import { expect, it } from 'vitest';
import { createJetsmsClient } from '../../../src/jetsms/client.ts';
import { accountSettings } from '../../support/account-settings.ts';

it('a surface that is not spoken is refused at once, by name and without the password', () => {
  const account = accountSettings({ url: 'http://127.0.0.1:9/', surface: 'web-service' });
  expect(() => createJetsmsClient(account)).toThrow(
    expect.objectContaining({
      code: 'SURFACE_NOT_SUPPORTED',
      message: expect.not.stringContaining(account.password),
    }),
  );
});
