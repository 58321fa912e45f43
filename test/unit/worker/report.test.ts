import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/jetsms/outcome.ts';
import { accountLines } from '../../../src/log/lines.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import type { LogAccepted } from '../../../src/settings/settings.ts';
import { createTelemetry } from '../../../src/worker/report.ts';
import type {
  AskReport,
  AttemptReport,
  EndReport,
  ReportedReport,
  Telemetry,
} from '../../../src/worker/telemetry.ts';
import type { Verdict } from '../../../src/worker/verdict/verdict.ts';
import { expectDocumented, type LogLine, recordLog } from '../../support/log-lines.ts';
import { refusedBy } from '../../support/outcomes.ts';
import { sendJob } from '../../support/send-job.ts';

const account = { name: 'acme', surface: 'xml' } as const;

/** The lines that come of what a worker tells. */
function linesOf(tell: (telemetry: Telemetry) => void, logAccepted?: LogAccepted): readonly LogLine[] {
  const recorded = recordLog();
  const metrics = createMetrics({ version: '1.2.3', accounts: [account] });
  tell(
    createTelemetry({
      account,
      log: recorded.log,
      metrics,
      now: () => 0,
      ...(logAccepted && { logAccepted }),
    }),
  );
  return recorded.lines;
}

const refused = (code: string): Outcome => refusedBy(code);

function attempt(outcome: Outcome, verdict: Verdict, more: Partial<AttemptReport> = {}): AttemptReport {
  return {
    id: 'm1',
    job: sendJob(),
    attempt: 1,
    outcome,
    verdict,
    durationMs: 12.3,
    waitedMs: 4.5,
    travelled: 1,
    late: false,
    resent: 0,
    ...more,
  };
}

const dead = (reason: 'terminal' | 'unknown-code' | 'exhausted' | 'uncertain'): Verdict => ({
  kind: 'dead-letter',
  rule: 'some',
  facts: { reason },
});

const origin = { id: 'm0', rootId: 'm0', replay: 1 };

const attempts: readonly AttemptReport[] = [
  attempt({ kind: 'accepted', groupId: '1302' }, { kind: 'complete', rule: '00', groupId: '1302' }),
  attempt({ kind: 'accepted', groupId: '1' }, { kind: 'complete', rule: '00', groupId: '1' }, { late: true }),
  attempt({ kind: 'accepted' }, { kind: 'complete', rule: '00' }),
  attempt(refused('12'), dead('terminal'), { job: sendJob({ origin }) }),
  attempt(refused('98'), dead('unknown-code')),
  attempt(refused('90'), { kind: 'retry', rule: '90-xml-null', delayMs: 10, resend: false }),
  attempt(refused('90'), dead('exhausted')),
  attempt(refused('204'), { kind: 'defer', rule: '204', delayMs: 10 }),
  attempt(refused('11'), { kind: 'hold', rule: '11', reason: 'no-credit', code: '11' }),
  attempt({ kind: 'refused', by: 'http', status: 403 }, dead('terminal')),
  attempt({ kind: 'unsent', cause: 'dns' }, { kind: 'retry', rule: 'unsent', delayMs: 10, resend: false }),
  attempt({ kind: 'unsent', cause: 'dns' }, dead('exhausted')),
  attempt({ kind: 'uncertain', cause: 'crash' }, dead('uncertain')),
  attempt(
    { kind: 'uncertain', cause: 'crash' },
    { kind: 'retry', rule: 'x', delayMs: 10, resend: true },
    { resent: 1 },
  ),
];

const ask = (verdict: Verdict, more: Partial<AskReport> = {}): AskReport => ({
  id: 'm1',
  job: sendJob(),
  found: 0,
  notFound: 1,
  noAnswer: 0,
  asked: 2,
  cause: 'reply-timeout',
  verdict,
  sinceMs: 2_000.4,
  resent: 0,
  ...more,
});

const asking = { since: 1, cause: 'reply-timeout', until: 9, asked: 2 };
const asks: readonly AskReport[] = [
  ask({ kind: 'complete', rule: 'found' }, { found: 1, notFound: 0 }),
  ask({ kind: 'ask', rule: 'uncertain: ask', delayMs: 10, asking }),
  ask({ kind: 'retry', rule: 'uncertain: resend', delayMs: 10, resend: true }, { resent: 1 }),
];

const end = (how: EndReport['end'], code?: string): EndReport => ({
  id: 'm1',
  lane: 'otp',
  end: how,
  messages: 1,
  parts: 1,
  tookMs: 5,
  ...(code === undefined ? {} : { code }),
});

const hold = {
  reason: 'no-credit',
  code: '11',
  since: 1,
  modeSince: 1,
  by: 'worker w',
  probes: 0,
  nextProbeAt: 0,
  canaryMayGo: false,
} as const;

const reported: ReportedReport = {
  waiting: { job: 'm1', lane: 'bulk', endedAt: 1_000 },
  learned: new Map([
    [0, { state: 'delivered', status: '1', deliveredAt: 4_000 }],
    [1, { state: 'delivered', status: '1' }],
    [2, { state: 'failed', status: '3' }],
    [3, { state: 'unconfirmed' }],
  ]),
  now: 9_000,
};

/** Everything that a worker can tell. */
function tellAll(telemetry: Telemetry): void {
  telemetry.attempted(attempts);
  for (const report of [end('accepted'), end('terminal', '12'), end('expired'), end('cancelled')])
    telemetry.ended(report);
  for (const report of asks) telemetry.asked(report);
  telemetry.askedInVain('found');
  telemetry.reported(reported);
  telemetry.reportQuestion({ result: 'answered' });
  telemetry.reportQuestion({ result: 'refused', why: '11' });
  telemetry.reportQuestion({ result: 'no-answer', why: 'reply-timeout' });
  telemetry.reportQuestion({ result: 'no-answer', why: 'reply-timeout' });
  telemetry.foundLate({ id: 'm1', lane: 'otp', status: '1', acceptance: 'settled' });
  telemetry.foundLate({ id: 'm1', lane: 'otp', status: '1', acceptance: 'gone' });
  telemetry.strangeReports(1);
  telemetry.split(2);
  telemetry.lateReply('m1', refused('12'), false);
  telemetry.lockLost('m1', 'before sending');
  telemetry.unconfirmed(2);
  telemetry.hold({ ...hold, mode: 'probing' }, undefined);
  telemetry.hold({ ...hold, mode: 'resuming' }, { ...hold, mode: 'probing' });
  telemetry.hold(undefined, { ...hold, mode: 'resuming' });
  telemetry.hold({ ...hold, mode: 'stopped', reason: 'operator', note: 'a test' }, undefined);
  telemetry.credit({ why: '20' });
  telemetry.credit({ why: '20' });
  telemetry.credit({ credit: 120 });
  telemetry.swept({ what: 'completed', removed: 40, left: 0, olderThanMs: 1_000 });
  telemetry.swept({ what: 'dead-letters', removed: 2, left: 1, olderThanMs: 1_000 });
  telemetry.unexpected(new Error('oh'), 'job');
  telemetry.redis(new Error('away'));
  telemetry.request({ outcome: refused('12'), durationMs: 5, messages: 1 });
}

describe('the lines of a worker', () => {
  it('have the documented fields and levels, each of them', () => {
    const lines = [...linesOf(tellAll), ...linesOf(tellAll, 'request')];
    for (const line of lines) expectDocumented(line);
    expect(new Set(lines.map(({ msg }) => msg))).toEqual(new Set(Object.keys(accountLines)));
  });

  it('use every documented level and every documented field', () => {
    const lines = [...linesOf(tellAll), ...linesOf(tellAll, 'request')];
    for (const [event, { levels, fields }] of Object.entries(accountLines)) {
      const ofEvent = lines.filter(({ msg }) => msg === event);
      const seen = new Set(ofEvent.map(({ level }) => level));
      // Lines of a family share their table of fields; together they use all of it.
      const family = lines.filter(({ msg }) => String(msg).split('.')[0] === event.split('.')[0]);
      const used = family.flatMap(Object.keys);
      expect([...seen].sort(), event).toEqual([...levels].sort());
      expect(used, event).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  });

  it('are told of a flood of one Redis error once', () => {
    const lines = linesOf((telemetry) => {
      for (let n = 0; n < 1_000; n += 1)
        telemetry.redis(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    });
    expect(lines.map(({ msg, level }) => [msg, level])).toEqual([['redis.error', 'error']]);
  });
});

describe('what became of accepted messages', () => {
  it('is one line for a job, with a count for each state', () => {
    const [line] = linesOf((telemetry) => telemetry.reported(reported));
    expect(line).toMatchObject({
      id: 'm1',
      ...{ delivered: 2, failed: 1, expired: 0, unconfirmed: 1 },
      statuses: ['1', '3'],
      sinceMs: 8_000,
    });
  });

  it('is counted by state, and the time to its delivery from what JetSMS says, else from when it was learned', async () => {
    const metrics = createMetrics({ version: '1', accounts: [account] });
    createTelemetry({ account, log: recordLog().log, metrics }).reported(reported);
    const text = await metrics.render();
    const bulk = 'account="acme",lane="bulk"';
    expect(text).toContain(`jetsms_reports_total{${bulk},state="delivered"} 2`);
    expect(text).toContain(`jetsms_reports_total{${bulk},state="failed"} 1`);
    expect(text).toContain(`jetsms_reports_total{${bulk},state="unconfirmed"} 1`);
    expect(text).toContain(`jetsms_reports_total{${bulk},state="expired"} 0`);
    expect(text).toContain(`jetsms_delivered_latency_seconds_sum{${bulk}} 11`);
    expect(text).toContain(`jetsms_delivered_latency_seconds_bucket{le="5",${bulk}} 1`);
  });
});

describe('the line of an attempt', () => {
  const accepted: Verdict = { kind: 'complete', rule: '00', groupId: '7' };
  const acceptance: Outcome = { kind: 'accepted', groupId: '7' };
  const levelOf = (outcome: Outcome, verdict: Verdict) =>
    linesOf((telemetry) => telemetry.attempted([attempt(outcome, verdict)]))[0]?.['level'];

  it.each<[string, Outcome, Verdict, string]>([
    ['an acceptance is news', acceptance, accepted, 'info'],
    ['a refusal with a code of the list is news', refused('12'), dead('terminal'), 'info'],
    ['a retry is news', refused('90'), { kind: 'retry', rule: '90', delayMs: 1, resend: false }, 'info'],
    ['retries that are used up want a look', { kind: 'unsent', cause: 'dns' }, dead('exhausted'), 'warn'],
    [
      'an answer that never came wants a look',
      { kind: 'uncertain', cause: 'crash' },
      dead('uncertain'),
      'warn',
    ],
    ['a code that nobody knows needs a person', refused('998'), dead('unknown-code'), 'error'],
  ])('says by its level that %s', (_, outcome, verdict, level) => {
    expect(levelOf(outcome, verdict)).toBe(level);
  });

  it('has every fact, times as whole milliseconds, and the first recipient masked', () => {
    const job = sendJob({ to: ['905321234567', '905321234568'], text: 'gizli metin', parts: 2 });
    const [line] = linesOf((telemetry) =>
      telemetry.attempted([attempt(refused('12'), dead('terminal'), { job, attempt: 3, travelled: 2 })]),
    );
    expect(line).toMatchObject({
      msg: 'delivery.refused',
      account: 'acme',
      surface: 'xml',
      id: 'm1',
      lane: 'transactional',
      attempt: 3,
      outcome: 'refused',
      code: '12',
      meaning: expect.stringMatching(/\S/),
      verdict: 'dead-letter',
      rule: 'some',
      reason: 'terminal',
      durationMs: 12,
      waitedMs: 5,
      messages: 2,
      parts: 2,
      travelled: 2,
      recipient: '+90*****67',
    });
    expect(JSON.stringify(line)).not.toMatch(/gizli|9053212345/);
  });

  it('is not made where nobody wants it', async () => {
    const recorded = recordLog();
    recorded.log.level = 'warn';
    const metrics = createMetrics({ version: '1.2.3', accounts: [account] });
    const telemetry = createTelemetry({ account, log: recorded.log, metrics });
    telemetry.attempted([attempt(acceptance, accepted)]);
    expect(recorded.lines).toEqual([]);
    expect(await metrics.render()).toContain('jetsms_attempts_total{account="acme",surface="xml",code="00"');
  });
});

describe('the line of a request, where accepted jobs have no lines of their own', () => {
  const accepted = (id: string, groupId?: string, more: Partial<AttemptReport> = {}): AttemptReport => {
    const group = groupId === undefined ? {} : { groupId };
    return attempt(
      { kind: 'accepted', ...group },
      { kind: 'complete', rule: '00', ...group },
      { id, ...more },
    );
  };
  const told = (...reports: readonly AttemptReport[]) =>
    linesOf((telemetry) => telemetry.attempted(reports), 'request');

  it('has the ids of the jobs, what they share, and sums', () => {
    const two = sendJob({ to: ['905321234567', '905321234568'], text: 'gizli metin', parts: 4 });
    const lines = told(
      accepted('m1', '7', { job: two, waitedMs: 3.2, travelled: 3 }),
      accepted('m2', '7', { waitedMs: 9.6, travelled: 3 }),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      msg: 'request.accepted',
      level: 'info',
      account: 'acme',
      surface: 'xml',
      ids: ['m1', 'm2'],
      groupIds: ['7'],
      durationMs: 12,
      waitedMs: 10,
      messages: 3,
      parts: 5,
      travelled: 3,
    });
    expect(JSON.stringify(lines)).not.toMatch(/gizli|90532/);
    expectDocumented(lines[0] ?? {});
  });

  it('says that an acceptance had no id', () => {
    expect(told(accepted('m1'))).toMatchObject([
      { msg: 'request.accepted', groupIds: [], withoutGroupId: true },
    ]);
  });

  it('takes the place of no other: what was refused, late or divided is told by itself', () => {
    const lines = told(
      accepted('m1', '7'),
      accepted('m2', '7', { late: true }),
      attempt({ kind: 'accepted' }, { kind: 'split', rule: 'some', pieces: [] }, { id: 'm3' }),
      attempt(refused('12'), dead('terminal'), { id: 'm4' }),
    );
    expect(lines.map(({ msg, id, ids }) => [msg, ids ?? id])).toEqual([
      ['request.accepted', ['m1']],
      ['delivery.accepted', 'm2'],
      ['delivery.accepted', 'm3'],
      ['delivery.refused', 'm4'],
    ]);
  });

  it('is counted like each of its jobs', async () => {
    const metrics = createMetrics({ version: '1.2.3', accounts: [account] });
    const { log } = recordLog();
    createTelemetry({ account, log, metrics, logAccepted: 'request' }).attempted([
      accepted('m1', '7'),
      accepted('m2', '7'),
    ]);
    expect(await metrics.render()).toMatch(/^jetsms_attempts_total\{.*outcome="accepted".*\} 2$/m);
  });
});

describe('what a worker tells', () => {
  /** The series that are not 0 after it was told, without buckets and build. */
  async function countedBy(tell: (telemetry: Telemetry) => void): Promise<Record<string, number>> {
    const metrics = createMetrics({ version: '1.2.3', accounts: [account] });
    const { log } = recordLog();
    tell(createTelemetry({ account, log, metrics, now: () => 0 }));
    const series = (await metrics.render()).matchAll(/^jetsms_(\w+?)(?:\{(.*)\})? (\S+)$/gm);
    const counted = [...series]
      .filter(([, name = '', , value]) => value !== '0' && !/_bucket$|^build_info/.test(name))
      .map(([, name, labels = '', value]) => [
        `${name} ${labels.replaceAll('"', '').replace(/account=acme,?/, '')}`.trim(),
        Number(value),
      ]);
    return Object.fromEntries(counted);
  }

  it.each<[string, (telemetry: Telemetry) => void, Record<string, number>]>([
    [
      'an attempt, with its answer and what was done about it',
      (telemetry) => telemetry.attempted([attempt(refused('12'), dead('terminal'))]),
      {
        'attempts_total surface=xml,code=12,outcome=refused': 1,
        'verdicts_total verdict=dead-letter,reason=terminal': 1,
      },
    ],
    [
      'a hold by its reason',
      (telemetry) =>
        telemetry.attempted([
          attempt(refused('11'), { kind: 'hold', rule: '11', reason: 'no-credit', code: '11' }),
        ]),
      {
        'attempts_total surface=xml,code=11,outcome=refused': 1,
        'verdicts_total verdict=hold,reason=no-credit': 1,
      },
    ],
    [
      'a request in seconds',
      (telemetry) => telemetry.request({ outcome: refused('12'), durationMs: 1_500, messages: 40 }),
      {
        'request_duration_seconds_sum surface=xml,outcome=refused': 1.5,
        'request_duration_seconds_count surface=xml,outcome=refused': 1,
      },
    ],
    [
      'an acceptance by messages, parts and time',
      (telemetry) => telemetry.ended({ ...end('accepted'), messages: 3, parts: 6, tookMs: 2_000 }),
      {
        'messages_total lane=otp,end=accepted': 3,
        otp_in_time_total: 3,
        'parts_sent_total lane=otp': 6,
        'accepted_latency_seconds_sum lane=otp': 2,
        'accepted_latency_seconds_count lane=otp': 1,
      },
    ],
    [
      'a dead letter by messages, reason and code',
      (telemetry) => telemetry.ended({ ...end('terminal', '12'), messages: 3 }),
      { 'messages_total lane=otp,end=terminal': 3, 'dead_letters_total reason=terminal,code=12': 3 },
    ],
    [
      'what was swept',
      (telemetry) => telemetry.swept({ what: 'dead-letters', removed: 2, left: 1, olderThanMs: 1_000 }),
      { 'swept_total what=dead-letters': 2 },
    ],
    ['a split', (telemetry) => telemetry.split(40), { split_requests_total: 1 }],
    [
      'marks that too few replicas have',
      (telemetry) => telemetry.unconfirmed(2),
      { marks_unconfirmed_total: 2 },
    ],
    ['a lost lock', (telemetry) => telemetry.lockLost('m1', 'before sending'), { locks_lost_total: 1 }],
    [
      'a late reply',
      (telemetry) => telemetry.lateReply('m1', refused('12'), false),
      { 'late_replies_total outcome=refused,settled=false': 1 },
    ],
    [
      'what goes out again, by lane and cause',
      (telemetry) =>
        telemetry.attempted([
          attempt(
            { kind: 'accepted', groupId: '1302' },
            { kind: 'split', rule: 'by recipient', pieces: [] },
            { resent: 2 },
          ),
        ]),
      {
        'attempts_total surface=xml,code=00,outcome=accepted': 1,
        'verdicts_total verdict=split,reason=accepted': 1,
        'resent_total lane=transactional,cause=other': 2,
      },
    ],
    [
      'what it asked JetSMS, by messages, and what goes out again for it',
      (telemetry) => {
        telemetry.asked(ask({ kind: 'complete', rule: 'found' }, { found: 3, notFound: 2, noAnswer: 1 }));
        telemetry.asked(ask({ kind: 'split', rule: 'asked', pieces: [] }, { resent: 1 }));
      },
      {
        'asks_total result=found': 3,
        'asks_total result=not-found': 3,
        'asks_total result=no-answer': 1,
        'resent_total lane=transactional,cause=reply-timeout': 1,
      },
    ],
    [
      'the unexpected',
      (telemetry) => telemetry.unexpected(new Error('oh'), 'job'),
      { unexpected_errors_total: 1 },
    ],
    ['a Redis error not at all', (telemetry) => telemetry.redis(new Error('away')), {}],
  ])('counts %s', async (_, tell, counted) => {
    expect(await countedBy(tell)).toEqual(counted);
  });
});
