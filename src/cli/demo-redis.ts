import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from './errors.ts';
import { findRedisBinary, freePort, spawnRedis } from './redis-process.ts';

/** A Redis for a first look. Nothing in it outlives `close()`, unless it was given. */
export interface DemoRedis {
  readonly url: string;
  /** `given` by REDIS_URL, a private `local` server, or the `embedded` JavaScript one. */
  readonly kind: 'given' | 'local' | 'embedded';
  /** Ends what was started here and removes its files; a given Redis is left alone. */
  close(): Promise<void>;
}

export interface DemoRedisEnvironment {
  readonly REDIS_URL?: string | undefined;
  readonly PATH?: string | undefined;
}

/**
 * Finds or starts a Redis, so that the demo needs nothing but Node: the one that REDIS_URL names, else a
 * `redis-server` or `valkey-server` on the PATH, started privately, else a server written in JavaScript.
 * That last one is slow and keeps everything in this process's memory: for a look, never for production.
 *
 * The caller closes it, on SIGINT and SIGTERM too. A given address is not tried out here.
 * @throws CliError DEMO_REDIS_MISSING where there is none of them
 */
export async function openDemoRedis(env: DemoRedisEnvironment): Promise<DemoRedis> {
  if (env.REDIS_URL) return { url: env.REDIS_URL, kind: 'given', close: async () => {} };
  const binary = await findRedisBinary(env.PATH);
  return binary === undefined ? openEmbedded() : openLocal(binary);
}

async function openLocal(binary: string): Promise<DemoRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-demo-redis-'));
  const port = await freePort();
  const server = await spawnRedis({ binary, port, dir });
  return {
    url: `redis://127.0.0.1:${port}`,
    kind: 'local',
    async close() {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, 'exit');
        server.kill('SIGTERM');
        await ended;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function openEmbedded(): Promise<DemoRedis> {
  // A devDependency, and whoever installs the package adds it where wanted: its peer range would give every backend
  // app an older ioredis beside ours.
  const { createRedisMock } = await import('js-redis-server').catch((cause: unknown) => {
    throw new CliError('DEMO_REDIS_MISSING', { cause });
  });
  const server = await createRedisMock();
  return { url: server.url, kind: 'embedded', close: () => server.close() };
}
