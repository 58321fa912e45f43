import { describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from '../../../src/metrics/metrics.ts';
import type { AccountSnapshot } from '../../../src/metrics/snapshot.ts';
import { type MetricRow, metricTable } from '../../../src/metrics/table.ts';

const account = 'shop';
const surface = 'xml';

function create(): Metrics {
  return createMetrics({ version: '1.2.3', accounts: [{ name: account, surface }], collectTimeoutMs: 20 });
}

/** The value of one series, by its name and labels as they stand in the scrape; undefined where there is none. */
async function value(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await metrics.render()).split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const snapshot: AccountSnapshot = {
  account,
  jobs: { otp: { waiting: 3, active: 0 }, transactional: {}, bulk: { waiting: 4 }, dead: { waiting: 2 } },
  oldestWaitingMs: { otp: 1_500 },
  held: 'no-credit',
  uncertainOpen: 1,
};

describe('the metrics', () => {
  it('are those of the table, each with its type and its help', async () => {
    const text = await create().render();
    for (const { name, type, help } of Object.values(metricTable)) {
      expect(text).toContain(`# HELP ${name} ${help}`);
      expect(text).toContain(`# TYPE ${name} ${type}`);
    }
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names.toSorted()).toEqual(
      Object.values(metricTable)
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it('count attempts by code and outcome, unlisted codes as one', async () => {
    const metrics = create();
    const facts = { account, surface, outcome: 'refused', verdict: 'dead-letter' } as const;
    metrics.attempt({ ...facts, code: '12', reason: 'terminal' });
    metrics.attempt({ ...facts, code: '98', reason: 'unknown-code' });
    metrics.attempt({ ...facts, code: '99', reason: 'unknown-code' });
    const labels = 'account="shop",surface="xml"';
    expect(await value(metrics, `jetsms_attempts_total{${labels},code="12",outcome="refused"}`)).toBe(1);
    expect(await value(metrics, `jetsms_attempts_total{${labels},code="unknown",outcome="refused"}`)).toBe(2);
    expect(
      await value(
        metrics,
        'jetsms_verdicts_total{account="shop",verdict="dead-letter",reason="unknown-code"}',
      ),
    ).toBe(2);
  });

  it('count the ends of messages; parts and waiting time only of accepted ones', async () => {
    const metrics = create();
    const facts = { account, lane: 'otp', tookMs: 400 } as const;
    metrics.ended({ ...facts, end: 'accepted', messages: 2, parts: 3 });
    metrics.ended({ ...facts, end: 'exhausted', messages: 1, parts: 1, code: '90' });
    metrics.ended({ ...facts, end: 'invalid', messages: 1, parts: 0 });
    const of = (series: string) => value(metrics, series);
    expect(await of('jetsms_messages_total{account="shop",lane="otp",end="accepted"}')).toBe(2);
    expect(await of('jetsms_messages_total{account="shop",lane="otp",end="exhausted"}')).toBe(1);
    expect(await of('jetsms_dead_letters_total{account="shop",reason="exhausted",code="90"}')).toBe(1);
    expect(await of('jetsms_dead_letters_total{account="shop",reason="invalid",code="none"}')).toBe(1);
    expect(await of('jetsms_parts_sent_total{account="shop",lane="otp"}')).toBe(3);
    expect(await of('jetsms_accepted_latency_seconds_count{account="shop",lane="otp"}')).toBe(1);
    expect(await of('jetsms_accepted_latency_seconds_sum{account="shop",lane="otp"}')).toBe(0.4);
  });

  it('measure requests in seconds', async () => {
    const metrics = create();
    metrics.request({ account, surface, outcome: 'unsent', durationMs: 5_000 });
    const labels = 'account="shop",surface="xml",outcome="unsent"';
    expect(await value(metrics, `jetsms_request_duration_seconds_sum{${labels}}`)).toBe(5);
    expect(await value(metrics, `jetsms_request_duration_seconds_bucket{le="2.5",${labels}}`)).toBe(0);
    expect(await value(metrics, `jetsms_request_duration_seconds_bucket{le="5",${labels}}`)).toBe(1);
  });

  it('count what should be rare', async () => {
    const metrics = create();
    metrics.resent({ account, lane: 'otp', cause: 'reply-timeout' });
    metrics.resent({ account, lane: 'otp', cause: 'something new' });
    metrics.lateReply({ account, outcome: 'accepted', settled: true });
    metrics.split(account);
    metrics.lockLost(account);
    metrics.marksUnconfirmed(account, 2);
    metrics.unexpected();
    const of = (series: string) => value(metrics, series);
    expect(await of('jetsms_resent_total{account="shop",lane="otp",cause="reply-timeout"}')).toBe(1);
    expect(await of('jetsms_resent_total{account="shop",lane="otp",cause="other"}')).toBe(1);
    expect(await of('jetsms_late_replies_total{account="shop",outcome="accepted",settled="true"}')).toBe(1);
    expect(await of('jetsms_split_requests_total{account="shop"}')).toBe(1);
    expect(await of('jetsms_locks_lost_total{account="shop"}')).toBe(1);
    expect(await of('jetsms_unexpected_errors_total')).toBe(1);
  });

  it('say how Redis and the worker are', async () => {
    const metrics = create();
    expect(await value(metrics, 'jetsms_redis_up')).toBe(0);
    expect(await value(metrics, 'jetsms_worker_consuming{account="shop"}')).toBe(0);
    metrics.redis({ up: true, evicting: true });
    metrics.consuming(account, true);
    metrics.clockSkew(-12_500);
    expect(await value(metrics, 'jetsms_redis_up')).toBe(1);
    expect(await value(metrics, 'jetsms_redis_evicting')).toBe(1);
    expect(await value(metrics, 'jetsms_worker_consuming{account="shop"}')).toBe(1);
    expect(await value(metrics, 'jetsms_clock_skew_seconds')).toBe(-12.5);
    expect(await value(metrics, 'jetsms_build_info{version="1.2.3"}')).toBe(1);
  });

  it('begin at 0 where alerts look for a rise', async () => {
    const text = await create().render();
    for (const end of [
      'accepted',
      'terminal',
      'exhausted',
      'expired',
      'uncertain',
      'unknown-code',
      'invalid',
    ]) {
      expect(text).toContain(`jetsms_messages_total{account="shop",lane="bulk",end="${end}"} 0`);
    }
    expect(text).toContain('code="unknown",outcome="refused"} 0');
  });

  it('can include those of the process', async () => {
    const metrics = createMetrics({ version: '1', accounts: [], processMetrics: true });
    expect(await metrics.render()).toContain('# TYPE process_cpu_seconds_total counter');
    expect(metrics.contentType).toContain('text/plain');
  });
});

describe('the metrics of the queues', () => {
  it('are read at every scrape', async () => {
    const metrics = create();
    let waiting = 3;
    metrics.collectWith(() =>
      Promise.resolve([{ ...snapshot, jobs: { ...snapshot.jobs, bulk: { waiting } } }]),
    );
    const series = 'jetsms_queue_jobs{account="shop",queue="bulk",state="waiting"}';
    expect(await value(metrics, series)).toBe(3);
    waiting = 7;
    expect(await value(metrics, series)).toBe(7);
  });

  it('say how old the oldest job of each lane is, and why the account is held', async () => {
    const metrics = create();
    metrics.collectWith(() => Promise.resolve([snapshot]));
    const of = (series: string) => value(metrics, series);
    expect(await of('jetsms_queue_jobs{account="shop",queue="dead",state="waiting"}')).toBe(2);
    expect(await of('jetsms_oldest_waiting_seconds{account="shop",lane="otp"}')).toBe(1.5);
    expect(await of('jetsms_oldest_waiting_seconds{account="shop",lane="bulk"}')).toBe(0);
    expect(await of('jetsms_held{account="shop",reason="no-credit"}')).toBe(1);
    expect(await of('jetsms_held{account="shop",reason="operator"}')).toBe(0);
    expect(await of('jetsms_uncertain_open{account="shop"}')).toBe(1);
    expect(await of('jetsms_credit_left{account="shop"}')).toBeUndefined();
  });

  // The time for which questions for reports are overdue was read and not shown: its alert could never fire.
  it('show whatever was read of an account, of its events and of a webhook endpoint', async () => {
    const metrics = create();
    const group = { group: 'app', unread: 1, unacknowledged: 1, isRead: true };
    metrics.collectWith(async () => [
      {
        ...snapshot,
        uncertainOpen: 1,
        reportsWaiting: 2,
        reportsOverdueSeconds: 900,
        creditLeft: 3,
        creditHoursLeft: 4,
        waitingParts: 5,
        events: { stored: 5, limit: 10, groups: [group] },
      },
      { endpoint: 'crm', waiting: 1, dead: 2, isEnded: false },
    ]);
    expect(await value(metrics, 'jetsms_reports_overdue_seconds{account="shop"}')).toBe(900);
    const text = await metrics.render();
    const shared = Object.values(metricTable).filter((row: MetricRow) => row.shared);
    const unseen = shared.filter(({ name }) => !text.includes(`\n${name}{`)).map(({ name }) => name);
    expect(unseen).toEqual([]);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('Redis is away'))],
    ['never answers', () => new Promise<never>(() => {})],
  ])('are left out of a scrape when Redis %s, and the rest is there', async (_, collect) => {
    const metrics = create();
    metrics.collectWith(() => Promise.resolve([snapshot]));
    await metrics.render();
    metrics.collectWith(collect);
    const text = await metrics.render();
    expect(text).not.toContain('jetsms_queue_jobs{');
    expect(text).not.toContain('jetsms_held{');
    expect(text).toContain('jetsms_failed_collections_total 1');
    expect(text).toContain('jetsms_redis_up 0');
  });

  it('tells of groups of events, and names only what a group of ours can be called', async () => {
    const metrics = create();
    const group = { unread: 3, unacknowledged: 2, isRead: true };
    const groups = [
      { ...group, group: 'app' },
      { ...group, group: '0532 123 45 67' },
      ...Array.from({ length: 30 }, (_, at) => ({ ...group, group: `g${at}`, unread: undefined })),
    ];
    metrics.collectWith(async () => [{ ...snapshot, events: { stored: 5, limit: 1_000, groups } }]);
    const text = await metrics.render();
    expect(text).toContain('jetsms_events_stored{account="shop"} 5');
    expect(text).toContain('jetsms_events_limit{account="shop"} 1000');
    expect(text).toContain('jetsms_events_unread{account="shop",group="app"} 3');
    expect(text).toContain('jetsms_events_unacknowledged{account="shop",group="app"} 2');
    expect(text).toContain('jetsms_events_read{account="shop",group="app"} 1');
    expect(text).toContain('jetsms_events_unread{account="shop",group="other"} 3');
    expect(text).not.toContain('0532');
    expect(text).not.toContain('group="g20"');
  });

  it('shows of groups without a label of their own the worst', async () => {
    const metrics = create();
    const groups = [
      { group: 'a group', unread: 7, unacknowledged: 1, isRead: false },
      { group: 'another group', unread: undefined, unacknowledged: 4, isRead: true },
      { group: 'a third', unread: 2, unacknowledged: 0, isRead: true },
    ];
    metrics.collectWith(async () => [{ ...snapshot, events: { stored: 5, groups } }]);
    const text = await metrics.render();
    expect(text).toContain('jetsms_events_unread{account="shop",group="other"} 7');
    expect(text).toContain('jetsms_events_unacknowledged{account="shop",group="other"} 4');
    expect(text).toContain('jetsms_events_read{account="shop",group="other"} 0');
  });
});
