import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisBinary, freePort, spawnRedis } from '../../src/cli/redis-process.ts';

/** A Redis of its own in a fresh directory, which writes every change to its file, and each second to the disk. */
export interface BenchRedis extends AsyncDisposable {
  readonly url: string;
  /** CPU seconds since it began, those of its children (rewriting the file) included. */
  cpuSeconds(): Promise<number>;
  /** Bytes in use, without the buffer of what is not yet written to the file. */
  usedBytes(): Promise<number>;
  version(): Promise<string>;
}

export async function openRedis(): Promise<BenchRedis> {
  const binary = await findRedisBinary(process.env['PATH'] ?? '');
  if (!binary) throw new Error('bench needs a redis-server or valkey-server on the PATH');
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-bench-'));
  const port = await freePort();
  const args = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
  const server = await spawnRedis({ binary, port, dir, args });
  const client = new Redis({ port, maxRetriesPerRequest: null });
  const info = async (section: string) => {
    const lines = await client.info(section);
    return (name: string): string => new RegExp(`^${name}:(\\S+)`, 'm').exec(lines)?.[1] ?? '';
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    async cpuSeconds() {
      const field = await info('cpu');
      const parts = ['sys', 'user', 'sys_children', 'user_children'];
      return parts.reduce((sum, part) => sum + Number(field(`used_cpu_${part}`)), 0);
    },
    async usedBytes() {
      const field = await info('memory');
      return Number(field('used_memory')) - Number(field('mem_aof_buffer'));
    },
    version: async () => (await info('server'))('redis_version'),
    async [Symbol.asyncDispose]() {
      client.disconnect();
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
