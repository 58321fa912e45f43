import { type LogChoices, type Logger, createLogger as openLogger } from '../log/logger.ts';
import { type Metrics, type MetricsOptions, createMetrics as openMetrics } from '../metrics/metrics.ts';
import { SettingsError, type SettingsProblem } from '../settings/errors.ts';
import { logAcceptedChoices, logLevels } from '../settings/settings.ts';
import { createTelemetry as openTelemetry, type TelemetryOptions } from './report.ts';
import type { Telemetry } from './telemetry.ts';
import { type DeliveryWorker, createWorker as openWorker, type WorkerOptions } from './worker.ts';

// As apps call these functions, which in JavaScript may give them anything.

type Fields = Readonly<Record<string, unknown>>;

/** What a field must be, in words that end the sentence "… must be …". */
type Rule = readonly [isMet: boolean, key: string, form: string];

/**
 * Builds a worker for all accounts of the settings; nothing happens before `start()`.
 * @throws SettingsError for options that cannot be used
 */
export function createWorker(options: WorkerOptions): DeliveryWorker {
  const { settings, telemetryOf, name, now, onClock, random } = fieldsOf(options);
  const { accounts, redisUrl } = fieldsOf(settings);
  check([
    [accounts instanceof Map && isText(redisUrl), 'settings', 'what readSettings() gave'],
    [isFunction(telemetryOf), 'telemetryOf', 'a function'],
    [name === undefined || isText(name), 'name', 'a text'],
    [
      [now, onClock, random].every((one) => one === undefined || isFunction(one)),
      'now, onClock, random',
      'functions',
    ],
  ]);
  return openWorker(options);
}

/**
 * A logger that writes one JSON object a line, or lines for people on a terminal.
 * @throws SettingsError for options that cannot be used
 */
export function createLogger(choices: LogChoices): Logger {
  const { level, version, pretty, destination } = fieldsOf(choices);
  check([
    [logLevels.some((one) => one === level), 'level', `one of ${logLevels.join(', ')}`],
    [isText(version), 'version', 'a text'],
    [pretty === undefined || typeof pretty === 'boolean', 'pretty', 'true or false'],
    [destination === undefined || isFunction(fieldsOf(destination)['write']), 'destination', 'a stream'],
  ]);
  return openLogger(choices);
}

/**
 * Every metric of a process, in a registry of its own.
 * @throws SettingsError for options that cannot be used
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { version, accounts, webhooks = [], collectTimeoutMs } = fieldsOf(options);
  check([
    [isText(version), 'version', 'a text'],
    [isListOf(accounts, isAccount), 'accounts', 'a list of accounts with name and surface'],
    [isListOf(webhooks, isText), 'webhooks', 'a list of texts'],
    [collectTimeoutMs === undefined || isPositive(collectTimeoutMs), 'collectTimeoutMs', 'a positive number'],
  ]);
  return openMetrics(options);
}

/**
 * Makes log lines and metrics of what a worker tells: the one place for both.
 * @throws SettingsError for options that cannot be used
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { account, log, metrics, logAccepted, now } = fieldsOf(options);
  check([
    [isAccount(account), 'account', 'an account with name and surface'],
    [isFunction(fieldsOf(log)['child']), 'log', 'what createLogger() gave'],
    [isFunction(fieldsOf(metrics)['render']), 'metrics', 'what createMetrics() gave'],
    [
      logAccepted === undefined || logAcceptedChoices.some((one) => one === logAccepted),
      'logAccepted',
      `one of ${logAcceptedChoices.join(', ')}`,
    ],
    [now === undefined || isFunction(now), 'now', 'a function'],
  ]);
  return openTelemetry(options);
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isPositive = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
const isListOf = (value: unknown, isMet: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && Array.from(value).every(isMet);
const isAccount = (value: unknown): boolean =>
  isText(fieldsOf(value)['name']) && isText(fieldsOf(value)['surface']);

/** @throws SettingsError naming every field that is not what it must be */
function check(rules: readonly Rule[]): void {
  const problems = rules
    .filter(([isMet]) => !isMet)
    .map(([, key, form]): SettingsProblem => ({ key, message: `must be ${form}` }));
  if (problems.length > 0) throw new SettingsError(problems);
}
