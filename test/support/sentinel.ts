import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisBinary, freePort } from '../../src/cli/redis-process.ts';

/** A real Redis Sentinel that watches nothing. Its port is one that people take for Redis. */
export async function startSentinel(): Promise<{ readonly url: string } & AsyncDisposable> {
  const binary = await findRedisBinary(process.env['PATH']);
  if (binary === undefined) throw new Error('no redis-server on the PATH; see CONTRIBUTING.md');
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  await writeFile(file, `port ${port}\nbind 127.0.0.1\ndir ${dir}\n`);
  const server = spawn(binary, [file, '--sentinel'], { stdio: 'ignore' });
  const probe = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  probe.on('error', () => {});
  await probe.ping();
  probe.disconnect();
  return {
    url: `redis://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
