import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { printJson } from '../terminal.ts';

/** `jetsms doctor`: looks at everything that delivering depends on, and says what to do. */
export function registerDoctor(program: Command, { terminal, env, setExitCode }: CliContext): void {
  program
    .command('doctor')
    .description(
      'check settings, Redis, JetSMS, accounts and webhook endpoints, and say what to do; sends nothing',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const { diagnose } = await import('../doctor/doctor.ts');
      const { renderFindings } = await import('../render/findings.ts');
      const { findings, isSomethingAway } = await diagnose(env);
      const ok = findings.every(({ level }) => level !== 'error');
      setExitCode(exitCodeOf(ok, isSomethingAway));
      if (options.json) return printJson(terminal, { ok, findings });
      for (const line of renderFindings(findings, terminal.columns)) terminal.out(line);
    });
}

function exitCodeOf(ok: boolean, isSomethingAway: boolean): ExitCode {
  if (ok) return exitCodes.ok;
  return isSomethingAway ? exitCodes.unavailable : exitCodes.failed;
}
