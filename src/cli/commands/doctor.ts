import { type Command, Option } from 'commander';
import { type RedisRole, redisRoleNames } from '../../operator/redis-roles.ts';
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
    .addOption(
      new Option('--role <role>', 'whose settings and rights in Redis to check')
        .choices(redisRoleNames)
        .default('worker'),
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly role: RedisRole; readonly json?: true }) => {
      const { diagnose } = await import('../doctor/doctor.ts');
      const { renderFindings } = await import('../render/findings.ts');
      const { findings, isSomethingAway } = await diagnose(env, options.role);
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
