import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { captureCli } from '../capture.ts';

describe('jetsms simulator', () => {
  it('answers at the address it prints until it is told to end', async () => {
    const stop = new AbortController();
    const printed = Promise.withResolvers<string>();
    const run = captureCli(['simulator', '--json', '--username', 'u', '--password', 'p'], {
      stop: stop.signal,
      onOut: printed.resolve,
    });
    const { xmlUrl } = JSON.parse(await printed.promise);
    const response = await fetch(xmlUrl, { method: 'POST', body: '' });
    expect(await response.text()).toMatch(/^90 /);
    stop.abort();
    expect(await run).toMatchObject({ exitCode: 0, err: [] });
    await expect(fetch(xmlUrl)).rejects.toThrow();
  });

  it('answers reports by the delay and the share of failures that it is given', async () => {
    const stop = new AbortController();
    const printed = Promise.withResolvers<string>();
    const args = ['simulator', '--json', '--report-delay', '0', '--failed', '100'];
    const run = captureCli(args, { stop: stop.signal, onOut: printed.resolve });
    const { xmlUrl, reportUrl } = JSON.parse(await printed.promise);
    const body =
      '<message-context type="smmgsd"><username>demo</username><password>demo</password>' +
      '<outbox-name>DEMO</outbox-name><text>a</text><gsmnos>5321234567</gsmnos></message-context>';
    const reply = await (await fetch(xmlUrl, { method: 'POST', body })).text();
    const query = `username=demo&password=demo&groupid=${reply.slice(3)}&status=5`;
    expect(await (await fetch(`${reportUrl}?${query}`)).text()).toMatch(/ 3$/);
    stop.abort();
    expect(await run).toMatchObject({ exitCode: 0 });
  });

  it.each([['101'], ['half']])('refuses %s percent of failures', async (share) => {
    expect((await captureCli(['simulator', '--failed', share])).exitCode).toBe(2);
  });

  it('ends with exit code 3 where its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { exitCode, err } = await captureCli(['simulator', '--port', String(port)]);
    server.close();
    expect(exitCode).toBe(3);
    expect(err[0]).toMatch(/^error EADDRINUSE: /);
  });
});
