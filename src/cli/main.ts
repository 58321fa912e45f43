#!/usr/bin/env node
import { exitCodes } from './exit-codes.ts';
import { nodeTrouble } from './node-version.ts';

const trouble = nodeTrouble(process.versions.node);
if (trouble === undefined) {
  await run();
} else {
  process.stderr.write(`${trouble}\n`);
  process.exitCode = exitCodes.unavailable;
}

/** All else is loaded here, and not above: a Node that is too old would fail at that, with a stack trace. */
async function run(): Promise<void> {
  const [{ createLife }, { runCli }, { createTerminal }] = await Promise.all([
    import('./life.ts'),
    import('./run.ts'),
    import('./terminal.ts'),
  ]);
  const life = createLife(process);
  process.exitCode = await runCli(process.argv.slice(2), {
    terminal: createTerminal(process.stdout, process.stderr),
    stdin: process.stdin,
    // biome-ignore lint/style/noProcessEnv: only here; commands are handed it as part of their context
    env: process.env,
    ...life.surroundings,
  });
  life.isOver();
}
