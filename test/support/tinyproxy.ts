import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tools } from '../../scripts/tools.ts';
import { freePort } from '../../src/cli/redis-process.ts';
import { waitFor } from './wait-for.ts';

export interface Tinyproxy extends AsyncDisposable {
  /** Without a login. */
  readonly url: string;
  readonly port: number;
}

/**
 * Starts tinyproxy, a proxy that is not ours, on a free port.
 * @param lines more of its configuration
 */
export async function startTinyproxy(...lines: readonly string[]): Promise<Tinyproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-tinyproxy-'));
  const port = await freePort();
  const file = join(folder, 'tinyproxy.conf');
  const own = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 60',
    'MaxClients 50',
    `LogFile "${join(folder, 'log')}"`,
  ];
  await writeFile(file, [...own, ...lines, ''].join('\n'));
  const child = spawn(tools.tinyproxy.command, ['-d', '-c', file], { stdio: 'ignore' });
  await waitFor(() => answers(port), { what: 'tinyproxy' });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isThere = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isThere;
}
