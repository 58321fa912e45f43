import type { Redis } from 'ioredis';
import type { SettingsInput } from '../../settings/parse.ts';
import type { Settings } from '../../settings/settings.ts';
import { checkAccount } from './account.ts';
import { checkEndpoint } from './endpoint.ts';
import type { Finding } from './finding.ts';

/** Everything that the doctor found, in the order in which a message meets it. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Redis or an endpoint could not be reached, so that later is another try. */
  readonly isSomethingAway: boolean;
}

/** How long Redis may take to answer. */
const redisWaitMs = 5_000;

/** Looks at everything that `jetsms start` depends on. Changes nothing and sends nothing. */
export async function diagnose(env: SettingsInput['env']): Promise<Diagnosis> {
  const { settings, findings } = await checkSettings(env);
  if (settings === undefined) return { findings, isSomethingAway: false };
  const accounts = [...settings.accounts.values()];
  const [redis, ...endpoints] = await Promise.all([
    checkRedis(settings),
    ...accounts.map((account) => checkEndpoint(account)),
  ]);
  const reached = accounts.filter((_, index) => endpoints[index]?.level !== 'error');
  const logins = await Promise.all(reached.map(checkAccount));
  return {
    findings: [...findings, ...redis, ...endpoints, ...logins.flat()],
    isSomethingAway: [...redis, ...endpoints].some(
      ({ check, level }) => level === 'error' && (check === 'redis' || check === 'endpoint'),
    ),
  };
}

interface CheckedSettings {
  readonly settings?: Settings;
  readonly findings: readonly Finding[];
}

async function checkSettings(env: SettingsInput['env']): Promise<CheckedSettings> {
  const { readSettings } = await import('../../settings/read.ts');
  const { SettingsError } = await import('../../settings/errors.ts');
  try {
    const settings = readSettings({ env }, { needs: ['redis', 'credentials'] });
    return { settings, findings: settings.warnings.length === 0 ? [goodSettings] : warningsOf(settings) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const findings = error.problems.map(
      ({ key, env: variable, message }): Finding => ({
        check: 'settings',
        level: 'error',
        says: `${key} ${message}`,
        whatToDo: `Set ${variable ?? key}; docs/settings.md says how.`,
      }),
    );
    return { findings };
  }
}

const goodSettings: Finding = { check: 'settings', level: 'ok', says: 'The settings are complete' };

const warningsOf = ({ warnings }: Settings): readonly Finding[] =>
  warnings.map((says) => ({
    check: 'settings',
    level: 'warning',
    says,
    whatToDo: 'Change it, or leave it if it is meant.',
  }));

async function checkRedis(settings: Settings): Promise<readonly Finding[]> {
  const { openWorkerRedis, whenReady } = await import('../../queue/redis.ts');
  const { askRedis, judgeRedis } = await import('../../worker/redis-check.ts');
  const redis = openWorkerRedis(settings.redisUrl);
  // What is wrong with the connection is told by what becomes of it.
  redis.on('error', () => {});
  try {
    await whenReady(redis, redisWaitMs);
    return judgeRedis(await inTime(redis, askRedis), settings);
  } catch {
    return [redisAway];
  } finally {
    redis.disconnect();
  }
}

/** A Redis that stands still must not make the doctor stand still. */
async function inTime<T>(redis: Redis, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const timer = setTimeout(() => redis.disconnect(), redisWaitMs);
  try {
    return await ask(redis);
  } finally {
    clearTimeout(timer);
  }
}

const redisAway: Finding = {
  check: 'redis',
  level: 'error',
  says: 'Redis does not answer',
  whatToDo: 'Check JETSMS_REDIS_URL (its password too) and whether Redis runs.',
};
