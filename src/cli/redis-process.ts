import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

const binaryNames = ['redis-server', 'valkey-server'];

/** The first `redis-server` or `valkey-server` on the given PATH, or nothing. */
export async function findRedisBinary(path: string | undefined): Promise<string | undefined> {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of binaryNames) {
    for (const folder of folders) {
      const file = join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A TCP port of the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no TCP port');
  return address.port;
}

export interface RedisProcessOptions {
  readonly binary: string;
  readonly port: number;
  /** Where Redis keeps its files. */
  readonly dir: string;
  /** Further arguments, as on the command line. */
  readonly args?: readonly string[];
}

/**
 * Starts a Redis on the loopback address and resolves when it accepts connections.
 * It has its own process group, so that Ctrl-C in a terminal does not take it away from under a worker that is
 * still finishing; whoever starts it ends it. It is killed when this process exits.
 */
export async function spawnRedis({
  binary,
  port,
  dir,
  args = [],
}: RedisProcessOptions): Promise<ChildProcess> {
  const child = spawn(
    binary,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--daemonize', 'no', ...args],
    { stdio: ['ignore', 'pipe', 'ignore'], detached: true },
  );
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('exit', () => process.off('exit', killAtExit));
  await ready(child, binary);
  return child;
}

async function ready(child: ChildProcess, binary: string): Promise<void> {
  const said: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (child.stdout !== null) {
    // Reading goes on after the start, or a full pipe would stop Redis.
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (said.length < 50) said.push(line);
      if (/ready to accept connections/i.test(line)) resolve();
    });
  }
  child.once('error', reject);
  child.once('exit', (code, signal) =>
    reject(new Error(`${binary} did not start (${signal ?? `exit code ${code}`}):\n${said.join('\n')}`)),
  );
  await promise;
}
