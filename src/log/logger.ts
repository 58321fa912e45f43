import { type DestinationStream, type LogFn, type Logger, type LoggerOptions, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { unblockedLines } from './output.ts';
import { printableJson } from './printable.ts';
import { safeError, safeMessage } from './safe-error.ts';

export type { Logger } from 'pino';

export interface LogChoices {
  /** `trace` … `fatal`, or `silent`. */
  readonly level: string;
  /** The version of this product; stands in every line. */
  readonly version: string;
  /** Lines for people instead of JSON. Without it: only when standard output is a terminal. */
  readonly pretty?: boolean;
  /** Where lines go; standard output without it. */
  readonly destination?: DestinationStream;
}

/**
 * A second line of defence: nothing that holds one of these is ever given to a logger, and if it is, it does
 * not show. Only the line itself and one level below are reached.
 */
const hidden = ['to', 'text', 'password', 'number'];

/**
 * A logger that writes one JSON object a line, or lines for people on a terminal. Errors go in as `err` and
 * come out as `safeError` leaves them.
 */
export function createLogger({ level, version, destination, ...choices }: LogChoices): Logger {
  const isPretty = choices.pretty ?? (destination === undefined && process.stdout.isTTY === true);
  const raw =
    destination ?? unblockedLines(process.stdout, { onLost: (lines) => log.warn({ lines }, 'log.lost') });
  const lines = isPretty ? prettyLines(raw, destination === undefined) : raw;
  const log: Logger = pino(loggerOptions(level, version), lines);
  return log;
}

/** A logger that writes nothing, for tests and for libraries that were given none. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}

function loggerOptions(level: string, version: string): LoggerOptions {
  return {
    level,
    base: { service: 'jetsms', version },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error) => safeError(error), error: (error) => safeError(error) },
    redact: { paths: hidden.flatMap((key) => [key, `*.${key}`]), censor: '[hidden]' },
    hooks: { logMethod },
  };
}

/** Where a line has an error and no words, pino takes the error's own message, unread: give it the safe one. */
function logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, words] = args;
  const error = words === undefined ? errorIn(first) : undefined;
  if (error === undefined) method.apply(this, args);
  else method.apply(this, [first, safeMessage(error)]);
}

function errorIn(first: unknown): Error | undefined {
  if (first instanceof Error) return first;
  if (typeof first !== 'object' || first === null || !('err' in first)) return undefined;
  return first.err instanceof Error ? first.err : undefined;
}

/**
 * Line by line, so that nothing is left behind when the process ends. Values are cleaned before they are laid out: the
 * only colours at the terminal are those of this layout.
 */
function prettyLines(destination: DestinationStream, colorize: boolean): DestinationStream {
  const prettify = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', ignore: 'service,version' });
  return { write: (line) => destination.write(prettify(printableJson(line.trimEnd()))) };
}
