import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { folderOf, tools } from '../../scripts/tools.ts';
import { freePort } from '../../src/cli/redis-process.ts';
import { waitFor } from './wait-for.ts';

/** A private, real Postgres with an empty database. `await using postgres = await startPostgres()` ends it with the test. */
export interface TestPostgres extends AsyncDisposable {
  readonly url: string;
  /** A new pool of connections; the end of the server closes it. */
  pool(): Pool;
  /** Ends the server as a crash of its machine would, without a word to anybody, and starts it again on its files. */
  crash(): Promise<void>;
}

/** Starts a real Postgres on a free port of the loopback address. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = folderOf(tools.postgres);
  if (folder === undefined) throw new Error('no Postgres on this machine; see CONTRIBUTING.md');
  const owner = ownerOfServer();
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-postgres-'));
  if (owner !== undefined) await chown(dir, owner.uid, owner.gid);
  const run = (command: string, ...args: string[]): ChildProcess =>
    spawn(join(folder, command), ['-D', dir, ...args], { cwd: dir, stdio: 'ignore', ...owner });

  const [code] = await once(run('initdb', '-U', 'app', '-A', 'trust', '-E', 'UTF8', '--no-sync'), 'exit');
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  const port = await freePort();
  const url = `postgres://app@127.0.0.1:${port}/postgres`;
  const pools = new Set<Pool>();
  const pool = (): Pool => {
    const opened = new Pool({ connectionString: url });
    // Tests that take the server away see it in what they assert.
    opened.on('error', () => {}).on('connect', (client) => void client.on('error', () => {}));
    pools.add(opened);
    return opened;
  };
  const asking = pool();
  const start = async (): Promise<ChildProcess> => {
    const child = run('postgres', '-p', String(port), '-h', '127.0.0.1', '-k', '', '-F');
    await waitFor(() => asking.query('SELECT 1'), { limitMs: 20_000, everyMs: 50, what: 'Postgres' });
    return child;
  };
  let server = await start();
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGQUIT');
    await ended;
  };
  return {
    url,
    pool,
    async crash() {
      await kill();
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await Promise.allSettled([...pools].map((opened) => opened.end()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root; then it runs as Debian's user for it. */
function ownerOfServer(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}
