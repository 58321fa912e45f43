import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import type { RunFacts } from './performance-page.ts';
import { openRedis } from './rig/redis.ts';

const compared = ['bullmq', 'bee-queue', 'undici'] as const;

/** What a run is made with, looked up when it begins. */
export async function readFacts({ rounds, scale, checkout, against }: Bench): Promise<RunFacts> {
  await using redis = await openRedis();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    node: process.version,
    redis: await redis.version(),
    packages: compared.map((name) => `${name} ${versionOf(checkout, name)}`),
    commit: commitOf(checkout),
    against: against === undefined ? undefined : commitOf(against),
    rounds,
    scale,
  };
}

function versionOf(checkout: string, name: string): string {
  const manifest = readFileSync(join(checkout, 'node_modules', name, 'package.json'), 'utf8');
  return JSON.parse(manifest).version;
}

/** The commit of a checkout, marked where files differ from it. */
function commitOf(checkout: string): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: checkout, encoding: 'utf8' });
  try {
    const isChanged = git('status', '--porcelain', '--', 'src', 'bench').trim() !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (isChanged ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}
