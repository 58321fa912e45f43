#!/usr/bin/env node
import { createLife } from './life.ts';
import { runCli } from './run.ts';
import { createTerminal } from './terminal.ts';

const life = createLife(process);

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: createTerminal(process.stdout, process.stderr),
  stdin: process.stdin,
  // biome-ignore lint/style/noProcessEnv: only here; commands are handed it as part of their context
  env: process.env,
  ...life.surroundings,
});
life.isOver();
