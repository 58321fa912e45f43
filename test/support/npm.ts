import { type Finished, runProcess } from './process.ts';

/** Runs npm in a folder. Throws what it said where it fails. */
export async function npm(cwd: string, ...args: readonly string[]): Promise<Finished> {
  const done = await runProcess(['npm', ...args, '--no-audit', '--no-fund'], { cwd, env: networkSettings() });
  if (done.code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${done.stdout}\n${done.stderr}`);
  return done;
}

/** How this machine reaches its package registry. */
function networkSettings(): Readonly<Record<string, string>> {
  const isWanted =
    /^(https?_proxy|no_proxy|node_extra_ca_certs|npm_config_(registry|cache|userconfig|globalconfig))$/i;
  const wanted = Object.entries(process.env).flatMap(([name, value]) =>
    isWanted.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  return Object.fromEntries(wanted);
}
