#!/usr/bin/env node
import { runCli } from './run.ts';
import { stopSignalOf } from './stop-signal.ts';
import { createTerminal } from './terminal.ts';

// A reader that has seen enough (`jetsms codes | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: createTerminal(process.stdout, process.stderr),
  stdin: process.stdin,
  // biome-ignore lint/style/noProcessEnv: only here; commands are handed it as part of their context
  env: process.env,
  stopSignal: () => stopSignalOf(process),
  exit: (code) => process.exit(code),
});
