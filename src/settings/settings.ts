import type { EventType } from '../queue/event-entry.ts';
import type { AccountSettings } from './account.ts';

/** Everything that the processes of this product can be told. Frozen; built by `parseSettings`. */
export interface Settings extends ProcessSettings {
  /** By name; at least one. */
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  /** Where each value came from, by `settingPath`: `redisUrl`, `accounts.<name>.url`, … */
  readonly sources: ReadonlyMap<string, Source>;
  /** Where events are sent to: the one of the environment, called `default`, and those of the configuration file. */
  readonly webhooks: readonly WebhookEndpoint[];
  /** What works but is probably not meant, one sentence each. */
  readonly warnings: readonly string[];
}

/** Somewhere that events are sent to. */
export interface WebhookEndpoint {
  readonly name: string;
  readonly url: string;
  /** Every request is signed with each of them. */
  readonly secret: readonly string[];
  /** Empty = all. */
  readonly types: readonly EventType[];
  /** Empty = all. */
  readonly accounts: readonly string[];
  /** Events in one request; 1 = each by itself. */
  readonly batch: number;
}

/** Settings of a process, whatever its accounts. */
export interface ProcessSettings {
  /** '' where not set (never with the need `redis`). */
  readonly redisUrl: string;
  /** In PEM; '' where not set; likewise `redisTlsCert` and `redisTlsKey`. */
  readonly redisTlsCa: string;
  readonly redisTlsCert: string;
  readonly redisTlsKey: string;
  /** '' = the host of the address. */
  readonly redisTlsServerName: string;
  /** Replicas that must have what is stored, and that a request is about to leave; 0 = none is asked. */
  readonly replicasToConfirm: number;
  /** Somebody vouches for a Redis that does not tell its eviction policy. */
  readonly redisNeverEvicts: boolean;
  /** In front of every key in Redis; in braces so that a Redis Cluster keeps a queue on one node. */
  readonly prefix: string;
  /** Path of the JSON file with several accounts; '' where there is none. */
  readonly configFile: string;
  readonly logLevel: LogLevel;
  readonly logAccepted: LogAccepted;
  readonly healthHost: string;
  /** 0 = any free port. */
  readonly healthPort: number;
  /** From SIGTERM to the end of the process. */
  readonly shutdownTimeoutMs: number;
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
  /** Second sendings of one message after uncertain attempts, where the message wants them. */
  readonly maxUncertainResends: number;
  /** A worker whose clock is further than this from Redis' takes nothing. */
  readonly maxClockSkewMs: number;
  /** A larger send job is refused by the producer, and a dead letter for the worker. */
  readonly maxJobBytes: number;
  readonly keepCompletedCount: number;
  readonly keepCompletedAgeMs: number;
  readonly keepFailedAgeMs: number;
  /** 0 = for ever. */
  readonly keepDeadLettersAgeMs: number;
  /** What became of a message is told for so long after its end. */
  readonly keepStatusMs: number;
  /** The events of an account that are kept, about. */
  readonly maxEvents: number;
  readonly eventsShow: EventsShow;
  readonly idempotencyWindowMs: number;
  /** The largest CSV file that is read. */
  readonly csvMaxBytes: number;
  /** '' where not set; goes with `webhookSecret`. */
  readonly webhookUrl: string;
  readonly webhookSecret: readonly string[];
  /** Empty = all. */
  readonly webhookTypes: readonly EventType[];
  readonly webhookBatch: number;
  readonly webhookTimeoutMs: number;
  /** Deliveries under way at a time, for each endpoint and process. */
  readonly webhookConnections: number;
  readonly webhookAllowHttp: boolean;
  /** The process ends itself when unhealthy for so long; 0 = never. */
  readonly unhealthyExitAfterMs: number;
  /** Whether `jetsms start` serves the dashboard too. */
  readonly dashboardEnabled: boolean;
  readonly dashboardHost: string;
  /** 0 = any free port. */
  readonly dashboardPort: number;
  /** '' where not set; likewise `dashboardPassword`. */
  readonly dashboardUsername: string;
  readonly dashboardPassword: string;
  readonly dashboardWritable: boolean;
  readonly dashboardPath: string;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly dashboardTrustedProxies: readonly string[];
  readonly gatewayHost: string;
  /** 0 = any free port. */
  readonly gatewayPort: number;
  /** In PEM; '' where not set; likewise `gatewayTlsKey`. */
  readonly gatewayTlsCert: string;
  readonly gatewayTlsKey: string;
  readonly gatewayTrustedProxies: readonly string[];
  /** The largest body of a request; campaigns may be of any length. */
  readonly gatewayMaxBodyBytes: number;
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What gets a line of the log where JetSMS accepted it. */
export const logAcceptedChoices = ['attempt', 'request'] as const;
export type LogAccepted = (typeof logAcceptedChoices)[number];

/** What events show of the person that a message went to. */
export const eventsShowChoices = ['nothing', 'number', 'number-and-text'] as const;
export type EventsShow = (typeof eventsShowChoices)[number];

/** What a command cannot do without: `redis` a Redis URL, `credentials` an endpoint and a login per account, `dashboard` a safe dashboard. */
const needs = ['redis', 'credentials', 'dashboard'] as const;
export type Need = (typeof needs)[number];

/** Where a value came from. `at` names the variable, or the place inside the configuration file. */
export interface Source {
  readonly from: 'environment' | 'config' | 'default' | 'none';
  readonly at?: string;
}

/** The key under which `Settings.sources` and problems name a setting. */
export function settingPath(key: string, account?: string): string {
  return account === undefined ? key : `accounts.${account}.${key}`;
}
