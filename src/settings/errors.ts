/** The one error of the settings: code → what it means, what to do. The code is stable. */
export const settingsErrors = {
  SETTINGS_INVALID: {
    meaning: 'Settings are missing or wrong; the message has a line for each, and `problems` names them.',
    whatToDo: 'Correct the named settings; docs/settings.md says what each accepts.',
  },
} as const;

/** One thing that is wrong with the settings. Never contains the value. */
export interface SettingsProblem {
  /** The setting, or the place in the configuration file: `requestTimeoutMs`, `accounts.shop.password`. */
  readonly key: string;
  /** The environment variable that sets it, where there is one. */
  readonly env?: string;
  /** What is wrong and what to do, a sentence without its subject. */
  readonly message: string;
}

/** Thrown by `parseSettings` and `readSettings` with every problem at once; no value is repeated in it. */
export class SettingsError extends Error {
  static {
    SettingsError.prototype.name = 'SettingsError';
  }
  readonly code = 'SETTINGS_INVALID';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(describeProblems(problems));
    this.problems = problems;
  }
}

function describeProblems(problems: readonly SettingsProblem[]): string {
  const head = problems.length === 1 ? 'One setting is wrong:' : `${problems.length} settings are wrong:`;
  return [head, ...problems.map((problem) => `  ${describeProblem(problem)}`)].join('\n');
}

/** One problem as one line. */
function describeProblem({ key, env, message }: SettingsProblem): string {
  const subject = env === undefined || env === key ? key : `${key} (${env})`;
  return `${subject} ${message}`;
}
