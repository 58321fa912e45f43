import type { RedisRole } from '../../operator/redis-roles.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { redisRefusals } from '../../queue/redis-refusals.ts';
import { readTrouble } from '../../queue/redis-trouble.ts';
import type { SettingsInput } from '../../settings/parse.ts';
import { redisTargetOf } from '../../settings/redis-target.ts';
import type { Need, Settings } from '../../settings/settings.ts';
import { answerWithin } from '../redis-answer.ts';
import { checkAccount } from './account.ts';
import { checkEndpoint } from './endpoint.ts';
import type { Finding } from './finding.ts';
import { showWay } from './way.ts';
import { checkWebhook } from './webhook.ts';

/** Everything that the doctor found, in the order in which a message meets it. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Redis or an endpoint of JetSMS could not be reached, so that later is another try. */
  readonly isSomethingAway: boolean;
}

/** How long Redis may take to answer. */
const redisWaitMs = 5_000;

/**
 * Looks at everything that `jetsms start` depends on; for another role, at its settings and at Redis. Sends nothing, and changes
 * nothing but a key in Redis that vanishes by itself.
 */
export async function diagnose(env: SettingsInput['env'], role: RedisRole = 'worker'): Promise<Diagnosis> {
  const { settings, findings } = await checkSettings(env, role);
  if (settings === undefined) return { findings, isSomethingAway: false };
  // Only a worker speaks to anybody but Redis.
  const isWorker = role === 'worker';
  const accounts = isWorker ? [...settings.accounts.values()] : [];
  const endpointsOfEvents = isWorker ? settings.webhooks : [];
  const [redis, endpoints, webhooks] = await Promise.all([
    checkRedis(settings, role),
    Promise.all(accounts.map((account) => checkEndpoint(account))),
    Promise.all(endpointsOfEvents.map((endpoint) => checkWebhook(endpoint))),
  ]);
  const reached = accounts.filter((_, index) => endpoints[index]?.level !== 'error');
  const logins = await Promise.all(reached.map(checkAccount));
  return {
    findings: [
      ...findings,
      ...redis,
      ...endpoints,
      ...accounts.flatMap((account) => showWay(account)),
      ...logins.flat(),
      ...webhooks,
    ],
    isSomethingAway: [...redis, ...endpoints].some(
      ({ check, level }) => level === 'error' && (check === 'redis' || check === 'endpoint'),
    ),
  };
}

interface CheckedSettings {
  readonly settings?: Settings;
  readonly findings: readonly Finding[];
}

async function checkSettings(env: SettingsInput['env'], role: RedisRole): Promise<CheckedSettings> {
  const { readSettings } = await import('../../settings/read.ts');
  const { SettingsError } = await import('../../settings/errors.ts');
  try {
    const settings = readSettings({ env }, { needs: needsOf(role) });
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

function needsOf(role: RedisRole): readonly Need[] {
  if (role === 'worker') return ['redis', 'credentials'];
  return role.startsWith('dashboard') ? ['redis', 'dashboard'] : ['redis'];
}

const goodSettings: Finding = { check: 'settings', level: 'ok', says: 'The settings are complete' };

const warningsOf = ({ warnings }: Settings): readonly Finding[] =>
  warnings.map((says) => ({
    check: 'settings',
    level: 'warning',
    says,
    whatToDo: 'Change it, or leave it if it is meant.',
  }));

async function checkRedis(settings: Settings, role: RedisRole): Promise<readonly Finding[]> {
  const { openWorkerRedis, whenReady } = await import('../../queue/redis.ts');
  const { examineRedis } = await import('../../operator/redis-examination.ts');
  const { prefix } = settings;
  const redis = openWorkerRedis(redisTargetOf(settings));
  // What is wrong with the connection is told by what becomes of it.
  redis.on('error', () => {});
  const place = {
    prefix,
    accounts: [...settings.accounts.keys()],
    name: `doctor-${process.pid}`,
    role,
    readsEvents: settings.webhooks.length > 0,
  };
  try {
    await whenReady(redis, redisWaitMs);
    const judged = await answerWithin(redisWaitMs, examineRedis(redis, place, settings));
    // Of a Redis with something wrong it is not certain that it can be asked for more.
    if (role !== 'worker' || judged.some(({ level }) => level === 'error')) return judged;
    return [...judged, ...(await answerWithin(redisWaitMs, earlierJobs(redis, place)))];
  } catch (error) {
    return [noRedis(error)];
  } finally {
    redis.disconnect();
  }
}

/** `start` refuses to run beside them. */
async function earlierJobs(
  redis: RedisClient,
  { prefix, accounts }: { readonly prefix: string; readonly accounts: readonly string[] },
): Promise<readonly Finding[]> {
  const { findEarlierJobs, findJobsOutside } = await import('../../bullmq/earlier-queues.ts');
  const { cliErrors } = await import('../errors.ts');
  const [earlier, outside] = await Promise.all([
    findEarlierJobs(redis, prefix, accounts),
    findJobsOutside(redis, prefix, accounts),
  ]);
  const about = { check: 'redis', level: 'error' } as const;
  return [
    ...earlier.map(({ account, jobs }) => ({
      ...about,
      account,
      says: `${jobs} send jobs of an earlier version wait in the one queue that it had for all lanes`,
      whatToDo: cliErrors.EARLIER_QUEUE.whatToDo,
    })),
    ...outside.map(({ account, jobs }) => ({
      ...about,
      account,
      says: `${jobs} send jobs wait in the cluster where a single Redis kept them`,
      whatToDo: cliErrors.OUTSIDE_ITS_SLOT.whatToDo,
    })),
  ];
}

function noRedis(error: unknown): Finding {
  const about = { check: 'redis', level: 'error' } as const;
  const trouble = readTrouble(error);
  if (trouble.kind === 'refused') {
    const { meaning, whatToDo } = redisRefusals[trouble.reason];
    return {
      ...about,
      says: `Redis refuses the connection (${trouble.reason}). ${meaning.slice(0, -1)}`,
      whatToDo,
    };
  }
  const whatToDo = 'Check JETSMS_REDIS_URL (rediss:// only where Redis speaks TLS), and whether Redis runs.';
  return { ...about, says: `Redis does not answer (${trouble.cause})`, whatToDo };
}
