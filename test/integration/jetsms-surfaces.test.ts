import { describe, expect, it } from 'vitest';
import { createAccountQueries } from '../../src/jetsms/account-queries.ts';
import { createJetsmsClient } from '../../src/jetsms/client.ts';
import { surfaces } from '../../src/jetsms/surfaces.ts';
import { surfaceFacts, surfaceNames } from '../../src/message/surface.ts';
import { accountSettings } from '../support/account-settings.ts';
import { httpReply, rawServer } from '../support/raw-server.ts';

const accepting = () => rawServer((socket) => socket.write(httpReply(200, '00 2605201745161787848')));
const sms = { title: 'ACME', messages: [{ id: 'm1', to: '905321234567', text: 'Merhaba' }] };
const mms = { ...sms, media: { subject: 'Kampanya', contentType: 'image/png', dataBase64: 'AAAA' } };
const accepted = { outcome: { kind: 'accepted', groupId: '2605201745161787848' } };

describe.each(surfaceNames)('the surface %s', (surface) => {
  it('sends one request with the text, and reads the acceptance', async () => {
    await using server = await accepting();
    const client = createJetsmsClient(accountSettings({ url: server.url, surface }));
    expect(await client.send(sms)).toMatchObject(accepted);
    await client.close();
    expect(server.requests).toEqual([expect.stringContaining('Merhaba')]);
  });

  it('sends an MMS exactly where the producer lets one through', async () => {
    await using server = await accepting();
    const client = createJetsmsClient(accountSettings({ url: server.url, surface }));
    const sending = client.send(mms);
    expect(surfaces[surface].carriesMms).toBe(surfaceFacts[surface].carriesMms);
    if (surfaceFacts[surface].carriesMms) expect(await sending).toMatchObject(accepted);
    else await expect(sending).rejects.toMatchObject({ code: 'MMS_NEEDS_WEB_SERVICE' });
    await client.close();
  });

  it.each(['credit', 'titles'] as const)('asks for the %s', async (question) => {
    await using server = await rawServer((socket) => socket.write(httpReply(503, '')));
    const queries = createAccountQueries(accountSettings({ url: server.url, surface }));
    const why = { kind: 'unsent', cause: 'http-503' };
    expect(await queries[question]()).toMatchObject({ kind: 'no-answer', why });
    await queries.close();
    expect(server.requests).toHaveLength(1);
  });
});
