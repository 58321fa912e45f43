import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Lane, lanes } from '../message/lane.ts';
import { type ReportedState, reportedStates } from '../queue/ended-state.ts';
import { type GatewayMetrics, gatewayMetrics } from './gateway-metrics.ts';
import { createInstruments, type Labels } from './instruments.ts';
import {
  type AskResult,
  askResults,
  foldAnswer,
  labelSets,
  type MessageEnd,
  messageEnds,
  noAnswerLabel,
  type OutcomeKind,
  otherLabel,
  type QuestionResult,
  questionResults,
  unknownCodeLabel,
  type VerdictKind,
  type VerdictReason,
} from './labels.ts';
import { type AccountSnapshot, showSnapshot, type WebhookSnapshot } from './snapshot.ts';
import type { CounterKey, GaugeKey } from './table.ts';

/** Reads the queues at a scrape; a constant number of Redis calls per account. Rejects where Redis is away. */
export type Collect = () => Promise<readonly (AccountSnapshot | WebhookSnapshot)[]>;

export interface AttemptFacts {
  readonly account: string;
  readonly surface: string;
  readonly outcome: OutcomeKind;
  /** JetSMS code, `http-<status>`, or the cause: as the journal has it. */
  readonly code: string;
  readonly verdict: VerdictKind;
  readonly reason: VerdictReason;
}

export interface RequestFacts {
  readonly account: string;
  readonly surface: string;
  readonly outcome: OutcomeKind;
  readonly durationMs: number;
}

export interface EndFacts {
  readonly account: string;
  readonly lane: Lane;
  readonly end: MessageEnd;
  readonly messages: number;
  readonly parts: number;
  /** From enqueueing to the end. */
  readonly tookMs: number;
  /** The last answer of a dead letter, where there was one. */
  readonly code?: string;
}

/** What was seen of Redis. What is missing was not told. */
export interface RedisSeen {
  readonly up: boolean;
  readonly evicting?: boolean;
  readonly replication?: { readonly replicas: number; readonly behindBytes: number } | undefined;
  /** replicasToConfirm */
  readonly replicasWanted?: number;
}

/** Everything that can be counted, in the words of the worker. Labels are folded into their closed sets. */
export interface Metrics extends GatewayMetrics {
  /** One attempt of one send job, and what was done about it. */
  attempt(facts: AttemptFacts): void;
  /** One request, however many send jobs it carried. */
  request(facts: RequestFacts): void;
  /** The end of a send job's messages. */
  ended(facts: EndFacts): void;
  resent(facts: { readonly account: string; readonly lane: Lane; readonly cause: string }): void;
  lateReply(facts: {
    readonly account: string;
    readonly outcome: OutcomeKind;
    readonly settled: boolean;
  }): void;
  /** Messages that JetSMS was asked about, by what it said of them. */
  asked(facts: { readonly account: string } & Readonly<Record<AskResult, number>>): void;
  /** Accepted messages of which the end is known. */
  reported(facts: {
    readonly account: string;
    readonly lane: Lane;
    readonly state: ReportedState;
    readonly messages: number;
  }): void;
  /** How long a delivered message took from its acceptance. */
  delivered(facts: { readonly account: string; readonly lane: Lane; readonly tookMs: number }): void;
  reportQuestion(facts: { readonly account: string; readonly result: QuestionResult }): void;
  acceptedWithoutId(facts: { readonly account: string; readonly surface: string }): void;
  split(account: string): void;
  lockLost(account: string): void;
  /** Jobs whose request did not leave for want of replicas. */
  marksUnconfirmed(account: string, jobs: number): void;
  /** Jobs or letters that were taken away because of their age. */
  swept(facts: { readonly account: string; readonly what: string; readonly removed: number }): void;
  /** One request to a webhook endpoint. */
  webhookTry(facts: { readonly endpoint: string; readonly result: 'delivered' | 'failed' | 'dead' }): void;
  unexpected(): void;
  redis(state: RedisSeen): void;
  /** How far the system's clock is ahead of Redis'. */
  clockSkew(skewMs: number): void;
  consuming(account: string, isConsuming: boolean): void;
  /** Gives the source of the metrics of the queues; without one they are not shown. */
  collectWith(collect: Collect): void;
  /** The text of a scrape. Never rejects because Redis is away, and never waits for it longer than the limit. */
  render(): Promise<string>;
  /** The media type of `render`. */
  readonly contentType: string;
}

export interface MetricsOptions {
  readonly version: string;
  /** Their counters begin at 0, so that the first event is seen as a rise. */
  readonly accounts: readonly { readonly name: string; readonly surface: string }[];
  /** Names of webhook endpoints; their counters begin at 0, too. */
  readonly webhooks?: readonly string[];
  /** How long a scrape waits for the queues. */
  readonly collectTimeoutMs?: number;
  /** Also the metrics of the process and of Node (`process_*`, `nodejs_*`). */
  readonly processMetrics?: boolean;
}

/** The metrics of one process, on a registry of their own. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { version, accounts, webhooks = [], collectTimeoutMs = 2_000, processMetrics = false } = options;
  const registry = new Registry();
  const { count, set, observe, flush, forgetShared } = createInstruments(registry);
  let collect: Collect = () => Promise.resolve([]);

  if (processMetrics) collectDefaultMetrics({ register: registry });
  set('buildInfo', { version }, 1);
  for (const start of zeros(accounts)) count(start.key, start.labels, 0);
  for (const endpoint of webhooks)
    for (const result of labelSets.tryEnd.values ?? [])
      count('webhookTries', { webhook: endpoint, result }, 0);
  for (const { name } of accounts) set('consuming', { account: name }, 0);

  return {
    attempt({ account, surface, outcome, code, verdict, reason }) {
      count('attempts', { account, surface, code: foldAnswer(code), outcome });
      count('verdicts', { account, verdict, reason });
    },
    request({ account, surface, outcome, durationMs }) {
      observe('requestDuration', { account, surface, outcome }, durationMs / 1000);
    },
    ended({ account, lane, end, messages, parts, tookMs, code }) {
      count('messages', { account, lane, end }, messages);
      if (end !== 'accepted') {
        return count(
          'deadLetters',
          { account, reason: end, code: code === undefined ? noAnswerLabel : foldAnswer(code) },
          messages,
        );
      }
      count('partsSent', { account, lane }, parts);
      observe('acceptedLatency', { account, lane }, tookMs / 1000);
    },
    resent: ({ account, lane, cause }) => count('resent', { account, lane, cause: foldCause(cause) }),
    lateReply: ({ account, outcome, settled }) =>
      count('lateReplies', { account, outcome, settled: String(settled) }),
    asked({ account, ...messages }) {
      for (const result of askResults)
        if (messages[result] > 0) count('asks', { account, result }, messages[result]);
    },
    reported: ({ account, lane, state, messages }) => count('reports', { account, lane, state }, messages),
    delivered: ({ account, lane, tookMs }) => observe('deliveredLatency', { account, lane }, tookMs / 1000),
    reportQuestion: ({ account, result }) => count('reportQuestions', { account, result }),
    acceptedWithoutId: ({ account, surface }) => count('acceptedWithoutId', { account, surface }),
    split: (account) => count('splits', { account }),
    lockLost: (account) => count('locksLost', { account }),
    marksUnconfirmed: (account, jobs) => count('marksUnconfirmed', { account }, jobs),
    swept: ({ account, what, removed }) => count('swept', { account, what }, removed),
    ...gatewayMetrics({ count, observe }),
    webhookTry: ({ endpoint, result }) => count('webhookTries', { webhook: endpoint, result }),
    unexpected: () => count('unexpectedErrors', {}),
    redis: (seen) => setRedis(seen, set),
    clockSkew: (skewMs) => set('clockSkew', {}, skewMs / 1000),
    consuming: (account, isConsuming) => set('consuming', { account }, Number(isConsuming)),
    collectWith(source) {
      collect = source;
    },
    contentType: registry.contentType,
    async render() {
      const snapshots = await within(collect, collectTimeoutMs);
      // A queue that cannot be read is left out: yesterday's numbers would look like today's.
      forgetShared();
      if (snapshots === undefined) count('failedCollections', {});
      for (const snapshot of snapshots ?? []) showSnapshot(snapshot, set);
      flush();
      return registry.metrics();
    },
  };
}

type SetGauge = (key: GaugeKey, labels: Readonly<Record<string, string>>, value: number) => void;

function setRedis({ up, evicting, replication, replicasWanted }: RedisSeen, set: SetGauge): void {
  set('redisUp', {}, Number(up));
  if (evicting !== undefined) set('redisEvicting', {}, Number(evicting));
  if (replicasWanted !== undefined) set('redisReplicasWanted', {}, replicasWanted);
  if (!replication) return;
  set('redisReplicas', {}, replication.replicas);
  set('redisBehind', {}, replication.behindBytes);
}

/** The counters that alerts watch: a counter that appears with its first event shows no rise. */
function zeros(accounts: MetricsOptions['accounts']): readonly { key: CounterKey; labels: Labels }[] {
  return accounts.flatMap(({ name: account, surface }) => [
    { key: 'attempts', labels: { account, surface, code: unknownCodeLabel, outcome: 'refused' } } as const,
    { key: 'acceptedWithoutId', labels: { account, surface } } as const,
    ...askResults.map((result) => ({ key: 'asks', labels: { account, result } }) as const),
    ...questionResults.map((result) => ({ key: 'reportQuestions', labels: { account, result } }) as const),
    { key: 'splits', labels: { account } } as const,
    { key: 'locksLost', labels: { account } } as const,
    ...lanes.flatMap((lane) => [
      ...messageEnds.map((end) => ({ key: 'messages', labels: { account, lane, end } }) as const),
      ...reportedStates.map((state) => ({ key: 'reports', labels: { account, lane, state } }) as const),
      { key: 'partsSent', labels: { account, lane } } as const,
    ]),
  ]);
}

function foldCause(cause: string): string {
  return labelSets.cause.values?.includes(cause) ? cause : otherLabel;
}

/** What `collect` gives, or undefined where it fails or takes too long: a scrape must answer without Redis. */
async function within(
  collect: Collect,
  timeoutMs: number,
): Promise<Awaited<ReturnType<Collect>> | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeOut = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([collect(), timeOut]);
  } catch {
    // Counted as a failed collection; the health page and the log say what is wrong with Redis.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
