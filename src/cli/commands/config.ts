import { type Command, Option } from 'commander';
import type { Need } from '../../settings/settings.ts';
import type { CliContext } from '../context.ts';
import { printJson } from '../terminal.ts';

/** What each command cannot do without. */
const needsOf = {
  start: ['redis', 'credentials'],
  send: ['redis'],
  dashboard: ['redis', 'dashboard'],
} as const satisfies Readonly<Record<string, readonly Need[]>>;

interface ConfigOptions {
  readonly for: keyof typeof needsOf;
  readonly json?: true;
}

/** `jetsms config`: the settings as a command would understand them, or everything that is wrong with them. */
export function registerConfig(program: Command, { terminal, env }: CliContext): void {
  program
    .command('config')
    .description('check the settings and print them, with where each came from; secrets stay hidden')
    .addOption(
      new Option('--for <command>', 'check what this command needs')
        .choices(Object.keys(needsOf))
        .default('start'),
    )
    .option('--json', 'print one JSON object')
    .action(async (options: ConfigOptions) => {
      const { readSettings } = await import('../../settings/read.ts');
      const { describeSettings, settingsToJson } = await import('../../settings/describe.ts');
      const { renderSettingsTable } = await import('../render/settings-table.ts');
      const settings = readSettings({ env }, { needs: needsOf[options.for] });
      if (options.json) return printJson(terminal, settingsToJson(settings));
      const lines = renderSettingsTable(describeSettings(settings), settings.warnings, terminal.columns);
      for (const line of lines) terminal.out(line);
    });
}
