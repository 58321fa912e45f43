import { expect, it } from 'vitest';
import { createJetsmsClient } from '../../../src/jetsms/client.ts';
import type { ProviderRequest } from '../../../src/jetsms/provider-request.ts';
import { accountSettings } from '../../support/account-settings.ts';

const media = { subject: 'Kampanya', contentType: 'image/png', dataBase64: 'AAAA' };
const mms = (...texts: string[]): ProviderRequest => ({
  title: 'ACME',
  messages: texts.map((text, index) => ({ id: `m${index}`, to: '905321234567', text })),
  media,
});

it('an MMS over XML is an error that says what to do', async () => {
  const client = createJetsmsClient(accountSettings({ url: 'http://127.0.0.1:9/' }));
  await expect(client.send(mms('Merhaba'))).rejects.toMatchObject({ code: 'MMS_NEEDS_WEB_SERVICE' });
  await client.close();
});

it('an MMS of several texts is an error', async () => {
  const client = createJetsmsClient(accountSettings({ url: 'http://127.0.0.1:9/', surface: 'web-service' }));
  await expect(client.send(mms('Merhaba', 'Selam'))).rejects.toMatchObject({ code: 'MMS_TEXTS_DIFFER' });
  await client.close();
});
