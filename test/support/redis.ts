import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { inject } from 'vitest';
import { findRedisBinary, freePort, spawnRedis } from '../../src/cli/redis-process.ts';
import type { RedisClient } from '../../src/queue/redis-client.ts';
import { primariesOf } from '../../src/queue/redis-nodes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Redis that all test files of a run share. */
    readonly redisUrl: string;
  }
}

export interface RedisChoice {
  /** Append-only file, and how often it reaches the disk. Without it, a restart forgets everything. */
  readonly aof?: 'always' | 'everysec';
  /** Keep the files here and leave them there; default: a new folder, removed by `stop()`. */
  readonly dir?: string;
  readonly port?: number;
  /** Default `noeviction`, as the worker demands. */
  readonly maxmemoryPolicy?: string;
  /** Further arguments of redis-server. */
  readonly args?: readonly string[];
}

/** A private, real Redis. `await using redis = await startRedis()` ends it with the test. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly dir: string;
  /** A new connection; `stop()` closes it. */
  client(options?: Omit<RedisOptions, 'replyMapping'>): Redis;
  /** Ends the server with this signal (default SIGKILL) and keeps its files; `restart()` brings it back. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the server again on the same port and files, ending it first where it still runs. */
  restart(): Promise<void>;
  /** The server stands still: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends the server and its clients, and removes its files. */
  stop(): Promise<void>;
}

/** Starts a real Redis on a free port of the loopback address. */
export async function startRedis(choice: RedisChoice = {}): Promise<TestRedis> {
  const binary = await findRedisBinary(process.env['PATH']);
  if (binary === undefined)
    throw new Error('no redis-server or valkey-server on the PATH; see CONTRIBUTING.md');
  const port = choice.port ?? (await freePort());
  const dir = choice.dir ?? (await mkdtemp(join(tmpdir(), 'jetsms-redis-')));
  const args = [
    ...persistence(choice),
    '--maxmemory-policy',
    choice.maxmemoryPolicy ?? 'noeviction',
    ...(choice.args ?? []),
  ];
  const start = () => spawnRedis({ binary, port, dir, args });

  let server = await start();
  const clients = new Set<Redis>();

  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (hasEnded(server)) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    server.kill('SIGCONT');
    await ended;
  };
  const stop = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    await kill();
    if (choice.dir === undefined) await rm(dir, { recursive: true, force: true });
  };

  return {
    url: `redis://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    dir,
    client(options = {}) {
      const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null, ...options });
      // Tests that take Redis away see it in what they assert; the connection's own complaints are noise.
      client.on('error', () => {});
      clients.add(client);
      return client;
    },
    kill,
    async restart() {
      await kill('SIGTERM');
      server = await start();
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function persistence({ aof }: RedisChoice): string[] {
  return aof === undefined ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', aof];
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The Redis that all integration and e2e tests of a run share; keep apart by `freshPrefix()`. */
export function sharedRedisUrl(): string {
  return inject('redisUrl');
}

/** The server that a connection leads to, where it is no cluster's. */
export function oneServer(redis: RedisClient): Redis {
  const [server] = primariesOf(redis);
  if (!server || redis.isCluster) throw new Error('not a connection to one server');
  return server;
}

/** A key prefix of this test's own, with a hash tag, as on a Redis Cluster. */
export function freshPrefix(): string {
  return `{test-${randomUUID()}}`;
}
