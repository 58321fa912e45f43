import { spawnSync } from 'node:child_process';
import { findRedisBinary } from '../src/cli/redis-process.ts';

/** True when a Redis server is on the PATH, after installing one where that is possible without a question. */
export async function ensureRedis(): Promise<boolean> {
  if (await isThere()) return true;
  const sudo = prefixForRoot();
  if (sudo !== undefined && runs('apt-get', ['--version'])) {
    const install = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get'];
    console.log('No redis-server on the PATH: installing the Debian package redis-server (apt-get).');
    show([...install, 'update', '-q']);
    show([...install, 'install', '-q', '-y', '--no-install-recommends', 'redis-server']);
    if (await isThere()) return true;
  }
  console.error(
    [
      'The tests run against a real Redis, and neither redis-server nor valkey-server is on the PATH.',
      'Nothing needs to be running: the tests start their own, privately. Install one of them:',
      '  Debian, Ubuntu   sudo apt-get install redis-server',
      '  Fedora           sudo dnf install valkey',
      '  macOS            brew install redis',
      'Then run the tests again.',
    ].join('\n'),
  );
  return false;
}

async function isThere(): Promise<boolean> {
  return (await findRedisBinary(process.env['PATH'])) !== undefined;
}

/** How to become root without being asked for a password; nothing where that cannot be. */
function prefixForRoot(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return runs('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

function runs(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

function show([file = '', ...args]: readonly string[]): void {
  console.log(`$ ${[file, ...args].join(' ')}`);
  spawnSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}
