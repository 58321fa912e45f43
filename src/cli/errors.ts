import { CodedError, type ErrorFacts } from '../errors/coded-error.ts';
import { safeMessage } from '../log/safe-error.ts';
import { describeRefusal } from '../queue/redis-refusals.ts';
import { readTrouble } from '../queue/redis-trouble.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Every error of the command line itself: code → what it means, what to do. The codes are stable. */
export const cliErrors = {
  NODE_TOO_OLD: {
    meaning: 'Node 22.19 or newer is needed.',
    whatToDo: 'Install a newer Node, from https://nodejs.org or with nvm, fnm or volta.',
  },
  USAGE: {
    meaning: 'The command line cannot be understood:',
    whatToDo: 'See `jetsms --help`, or `--help` behind the command.',
  },
  NO_REPLIES: {
    meaning: 'There is nothing to classify.',
    whatToDo: 'Give replies as arguments, each in quotes, or pipe them in, one a line.',
  },
  NO_RECIPIENTS: {
    meaning: 'Nobody is named to send to.',
    whatToDo: 'Give numbers with --to, or a CSV file with --csv.',
  },
  ACCOUNT_UNKNOWN: {
    meaning: 'There is no such account in the settings.',
    whatToDo: 'Correct the name, or add the account to the file that JETSMS_CONFIG names.',
  },
  FILE_UNREADABLE: {
    meaning: 'The file cannot be read.',
    whatToDo: 'Check its name and whether you may read it.',
  },
  FILE_NOT_REGULAR: {
    meaning: 'This is no regular file, but a folder, a pipe or a device, whose end cannot be known.',
    whatToDo: 'Write its contents into a file first, and name that.',
  },
  CSV_EMPTY: {
    meaning: 'The CSV file has no lines.',
    whatToDo: 'Write the names of the columns into the first line, and one recipient into each further line.',
  },
  CSV_NO_RECIPIENTS: {
    meaning: 'The CSV file has a header line and no other.',
    whatToDo: 'Write one recipient into each line below the header.',
  },
  CSV_ENCODING: {
    meaning:
      'The CSV file begins with a line that is no text in UTF-8 or Windows-1254, or whose letters are broken; perhaps the file is UTF-16.',
    whatToDo: 'Save it as "CSV UTF-8", not as "Unicode text".',
  },
  CSV_TOO_LARGE: {
    meaning: 'The CSV file is too large.',
    whatToDo:
      'Check that it is the right file; divide it, or raise csvMaxBytes (JETSMS_CSV_MAX_BYTES). Backend apps enqueue lists of any length with sendMany().',
  },
  CSV_LINE_TOO_LONG: {
    meaning: 'The first line of the CSV file is far too long for names of columns.',
    whatToDo: 'Check that the file is a CSV file, with one recipient a line.',
  },
  REPLY_TOO_LONG: {
    meaning: 'A line of the input is far too long for a reply.',
    whatToDo: 'Give one reply a line.',
  },
  CSV_HEADER_UNREADABLE: {
    meaning: 'The header line of the CSV file cannot be read; its quotes do not match.',
    whatToDo: 'Close every quote within the first line.',
  },
  CSV_HEADER_MISSING: {
    meaning: 'The first line of the CSV file looks like a recipient, not like names of columns.',
    whatToDo: 'Put a header line on top, for example: telefon;ad',
  },
  CSV_COLUMN_DUPLICATE: {
    meaning: 'The CSV file has two columns of the same name.',
    whatToDo: 'Rename or remove one of them.',
  },
  CSV_COLUMN_MISSING: {
    meaning: 'The CSV file lacks a column.',
    whatToDo: 'Add the column to the file, or name one that is there.',
  },
  CSV_NUMBER_COLUMN_MISSING: {
    meaning: 'No column of the CSV file is known as the one with the numbers.',
    whatToDo: 'Name the column `telefon` or `gsm`, or say which it is with --to-column.',
  },
  CSV_NUMBER_COLUMN_AMBIGUOUS: {
    meaning: 'More than one column of the CSV file could hold the numbers.',
    whatToDo: 'Say which it is with --to-column.',
  },
  TEMPLATE_INVALID: {
    meaning: 'The text template cannot be read.',
    whatToDo: 'Write {name} for the value of a column, and {{ or }} for a brace itself.',
  },
  REDIS_UNAVAILABLE: {
    meaning: 'Redis does not answer.',
    whatToDo: 'Check JETSMS_REDIS_URL (`jetsms config`) and whether Redis runs.',
  },
  REDIS_REFUSED: {
    meaning: 'Redis has refused it.',
    whatToDo: 'Mend that, then run the command again.',
  },
  REDIS_UNSAFE: {
    meaning: 'Messages would not be safe in this Redis.',
    whatToDo: 'Change that, then start again.',
  },
  DEMO_REDIS_MISSING: {
    meaning: 'The demo needs a Redis, and there is none.',
    whatToDo:
      'Put redis-server or valkey-server on the PATH (Debian: apt-get install redis-server), or set REDIS_URL. Or let one written in JavaScript play it: `npx -p jetsms-delivery -p js-redis-server@0.3.0 jetsms-delivery demo`.',
  },
  EARLIER_QUEUE: {
    meaning: 'Send jobs of an earlier version lie in Redis, which kept all lanes in one queue.',
    whatToDo:
      'Let workers of that version run until nothing waits there any more, scheduled messages included, then start this one. Producers may be of this version meanwhile.',
  },
  OUTSIDE_ITS_SLOT: {
    meaning:
      'Send jobs lie in the cluster where a single Redis kept them, outside the slot of their account.',
    whatToDo:
      'They were copied there as they lay. Let workers empty the single Redis that they come from, scheduled messages included, and delete the copies; docs/cluster.md says how to move to a cluster.',
  },
  NOTHING_CHOSEN: {
    meaning: 'No dead letters are chosen.',
    whatToDo: 'Give ids or a filter such as --code 12; --all means every one of the account.',
  },
  NOT_CONFIRMED: {
    meaning: 'Nobody is there to be asked, so nothing was done.',
    whatToDo: 'Look at it with --dry-run; then give --yes.',
  },
  MESSAGE_UNKNOWN: {
    meaning: 'Redis knows no message of this id.',
    whatToDo:
      'Check the id and --account. What was accepted is forgotten after a while (keepCompletedAgeMs), what was discarded at once.',
  },
  CAMPAIGN_UNKNOWN: {
    meaning: 'No campaign of this name is known; they are remembered for 30 days after their deadline.',
    whatToDo: 'Check the name and --account.',
  },
  CAMPAIGN_UNREADABLE: {
    meaning: 'What lies in Redis under the keys of the campaign is no campaign.',
    whatToDo:
      "See who wrote it, and delete the keys. Until then the campaign's messages are sent without being counted, and cannot be paused.",
  },
  CAMPAIGN_CANCELLED: {
    meaning: 'The campaign was cancelled, and stays so.',
    whatToDo:
      'Replay its dead letters (`jetsms dead replay --reason cancelled --include-cancelled`), or enqueue it under another name.',
  },
  WEBHOOK_UNKNOWN: {
    meaning: 'There is no webhook endpoint of this name in the settings.',
    whatToDo:
      'Correct the name; that of JETSMS_WEBHOOK_URL is `default`. Or add the endpoint to `webhooks` in the file that JETSMS_CONFIG names.',
  },
  NO_DELIVERIES_CHOSEN: {
    meaning: 'No deliveries are chosen.',
    whatToDo: 'Give ids, or an endpoint with --endpoint; --all means those of every endpoint.',
  },
  UNEXPECTED: {
    meaning: 'Something happened that was not foreseen.',
    whatToDo: 'Run the command again with JETSMS_DEBUG=1 and report what it prints.',
  },
} as const;

export type CliErrorCode = keyof typeof cliErrors;

/** The command line was given something that it cannot use. Never holds a number or a text of a message. */
export class CliError extends CodedError<CliErrorCode> {
  override readonly name = 'CliError';

  constructor(code: CliErrorCode, facts?: ErrorFacts) {
    super(code, cliErrors[code], facts);
  }
}

/** What Redis, or the wait for it, has thrown; `which` says which Redis, where it is not the one of the settings. */
export function redisCliError(error: unknown, which?: string): CliError {
  const trouble = readTrouble(error);
  const isRefusal = trouble.kind === 'refused';
  const why = isRefusal ? describeRefusal(trouble.reason) : `What happened: ${trouble.cause}.`;
  const detail = [why, which].filter(Boolean).join(' ');
  return new CliError(isRefusal ? 'REDIS_REFUSED' : 'REDIS_UNAVAILABLE', { detail, cause: error });
}

/** What is told of an error, whoever threw it. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  /** Where several things are wrong at once: each of them. */
  readonly problems?: readonly unknown[];
}

/** Stable codes look like this; codes of the system (`EADDRINUSE`) do too. */
const stableCode = /^[A-Z][A-Z0-9_]*$/;

const unavailableCodes: ReadonlySet<string> = new Set([
  'REDIS_UNAVAILABLE',
  'REDIS_REFUSED',
  'DEMO_REDIS_MISSING',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
]);

/**
 * The exit code of an error by its code. One that does not tell of something being away is taken for wrong input.
 */
export function exitCodeOf(code: string): ExitCode {
  if (code === 'UNEXPECTED') return exitCodes.failed;
  return unavailableCodes.has(code) ? exitCodes.unavailable : exitCodes.usage;
}

/** Code, message and exit code of anything thrown. An error without a stable code is unexpected. */
export function reportOf(error: unknown): ErrorReport {
  const code = codeOf(error);
  if (code === undefined) {
    const detail = error instanceof Error ? safeMessage(error) : String(error);
    return reportOf(new CliError('UNEXPECTED', { detail }));
  }
  return { code, message: messageOf(error), exitCode: exitCodeOf(code), ...problemsOf(error) };
}

/** Whether an error is of ours, or of the system: it says by its code what it is. */
export const hasStableCode = (error: unknown): boolean => codeOf(error) !== undefined;

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  // Node's own ERR_ codes tell of a bug here, not of wrong input.
  return stableCode.test(error.code) && !error.code.startsWith('ERR_') ? error.code : undefined;
}

function problemsOf(error: unknown): { readonly problems?: readonly unknown[] } {
  if (!(error instanceof Error) || !('problems' in error)) return {};
  return Array.isArray(error.problems) ? { problems: error.problems } : {};
}

/** What to do about codes of the system, which say only what is. */
const systemAdvice: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'Another process has this port, a second one of this command perhaps. End it, or choose another port (healthPort, dashboardPort, gatewayPort, --port).',
};

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const advice = systemAdvice[codeOf(error) ?? ''];
  return advice === undefined ? error.message : `${error.message}. ${advice}`;
}
