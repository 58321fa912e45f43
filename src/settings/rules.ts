import { type RedisTls, redisTlsProblems } from '../queue/redis-target.ts';
import type { AccountSettings } from './account.ts';
import type { SettingsProblem } from './errors.ts';
import { envName } from './setting.ts';
import { type Need, type ProcessSettings, settingPath } from './settings.ts';

/** A rule across settings that is broken, and the settings that it looked at. */
export interface BrokenRule extends SettingsProblem {
  readonly about: readonly string[];
}

type Accounts = ReadonlyMap<string, AccountSettings>;

/** The rules that no single setting can check for itself. */
export function brokenRules(
  settings: ProcessSettings,
  accounts: Accounts,
  needs: ReadonlySet<Need>,
): readonly BrokenRule[] {
  const hasDashboard = settings.dashboardEnabled || needs.has('dashboard');
  return [
    ...[...accounts.values()].flatMap((account) => [
      ...requestOutlivesLock(settings, account),
      ...reportOutlivesStatus(settings, account),
    ]),
    ...(hasDashboard ? [...halfALogin(settings), ...publicWithoutLogin(settings)] : []),
    ...(settings.dashboardEnabled ? samePort(settings) : []),
    ...halfTls(settings),
    ...redisTlsRules(settings),
  ];
}

/** A request that outlives its lock runs twice; half leaves room for one missed renewal and for a slow Redis. */
function requestOutlivesLock(
  { lockDurationMs }: ProcessSettings,
  { name, requestTimeoutMs }: AccountSettings,
): readonly BrokenRule[] {
  if (requestTimeoutMs < lockDurationMs / 2) return [];
  return broken(
    [settingPath('requestTimeoutMs', name), 'lockDurationMs'],
    'requestTimeoutMs',
    `must be less than half of lockDurationMs (now ${requestTimeoutMs} against ${lockDurationMs}): lower it, or raise lockDurationMs`,
  );
}

/** A report is written where the end of its message lies. */
function reportOutlivesStatus(
  { keepStatusMs }: ProcessSettings,
  { name, reports, reportForMs }: AccountSettings,
): readonly BrokenRule[] {
  if (reports === 'none' || reportForMs <= keepStatusMs) return [];
  return broken(
    [settingPath('reportForMs', name), settingPath('reports', name), 'keepStatusMs'],
    'reportForMs',
    `must not be longer than keepStatusMs (now ${reportForMs} against ${keepStatusMs}): lower it, raise keepStatusMs, or set reports to none`,
  );
}

function halfALogin({ dashboardUsername, dashboardPassword }: ProcessSettings): readonly BrokenRule[] {
  if ((dashboardUsername === '') === (dashboardPassword === '')) return [];
  const missing = dashboardUsername === '' ? 'dashboardUsername' : 'dashboardPassword';
  return broken(
    [missing, 'dashboardUsername', 'dashboardPassword'],
    missing,
    'must be set too: a login needs a user name and a password',
  );
}

function halfTls({ gatewayTlsCert, gatewayTlsKey }: ProcessSettings): readonly BrokenRule[] {
  if ((gatewayTlsCert === '') === (gatewayTlsKey === '')) return [];
  const missing = gatewayTlsCert === '' ? 'gatewayTlsCert' : 'gatewayTlsKey';
  return broken(
    [missing, 'gatewayTlsCert', 'gatewayTlsKey'],
    missing,
    'must be set too: TLS needs a certificate and its key',
  );
}

/** With everything that TLS with Redis asks for. */
function redisTlsRules(settings: ProcessSettings): readonly BrokenRule[] {
  const { redisUrl, redisTlsCa: ca, redisTlsCert: cert, redisTlsKey: key } = settings;
  if (redisUrl === '') return [];
  const tls = { ca, cert, key, serverName: settings.redisTlsServerName };
  return redisTlsProblems(redisUrl, tls).flatMap(({ field, problem }) =>
    broken([redisTlsKeys[field], 'redisUrl', ...Object.values(redisTlsKeys)], redisTlsKeys[field], problem),
  );
}

/** The settings that the fields of TLS come from. */
const redisTlsKeys = {
  ca: 'redisTlsCa',
  cert: 'redisTlsCert',
  key: 'redisTlsKey',
  serverName: 'redisTlsServerName',
} as const satisfies Readonly<Record<keyof RedisTls, keyof ProcessSettings>>;

function publicWithoutLogin(settings: ProcessSettings): readonly BrokenRule[] {
  const { dashboardHost, dashboardUsername, dashboardPassword } = settings;
  const hasLogin = dashboardUsername !== '' || dashboardPassword !== '';
  if (hasLogin || isLoopback(dashboardHost)) return [];
  return broken(
    ['dashboardHost', 'dashboardUsername', 'dashboardPassword'],
    'dashboardHost',
    'is reachable from elsewhere: set dashboardUsername and dashboardPassword, or use 127.0.0.1',
  );
}

function samePort({
  healthHost,
  healthPort,
  dashboardHost,
  dashboardPort,
}: ProcessSettings): readonly BrokenRule[] {
  if (dashboardPort === 0 || dashboardPort !== healthPort) return [];
  const anyHost = [healthHost, dashboardHost].some((host) => host === '0.0.0.0' || host === '::');
  if (!anyHost && healthHost !== dashboardHost) return [];
  return broken(
    ['dashboardPort', 'healthPort', 'dashboardHost', 'healthHost'],
    'dashboardPort',
    'must not be the port of healthPort',
  );
}

function broken(about: readonly string[], key: string, message: string): readonly BrokenRule[] {
  return [{ about, key: about[0] ?? key, env: envName(key), message }];
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** What works but is probably not meant. */
export function settingsWarnings(settings: ProcessSettings, accounts: Accounts): readonly string[] {
  return [...accounts.values()].flatMap((account) => accountWarnings(settings, account));
}

function accountWarnings(
  { shutdownTimeoutMs }: ProcessSettings,
  account: AccountSettings,
): readonly string[] {
  const { name, requestTimeoutMs, connections, concurrency } = account;
  const warnings = addressKeys
    .filter((key) => isClearText(account[key]))
    .map((key) => `Account ${name}: ${key} is http, so its password travels in clear text.`);
  if (shutdownTimeoutMs < requestTimeoutMs) {
    warnings.push(
      `Account ${name}: shutdownTimeoutMs is below requestTimeoutMs, so a stop can leave uncertain attempts.`,
    );
  }
  if (concurrency < connections) {
    warnings.push(`Account ${name}: concurrency is below connections, so some connections stay unused.`);
  }
  return warnings;
}

/** The settings that say where an account's login goes. */
const addressKeys = ['url', 'reportUrl', 'webServiceUrl'] as const satisfies (keyof AccountSettings)[];

function isClearText(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === 'http:' && !isLoopback(url.hostname);
}
