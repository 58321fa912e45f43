import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/jetsms/outcome.ts';
import { accountLines } from '../../../src/log/lines.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import type { Verdict } from '../../../src/worker/decide.ts';
import { createTelemetry } from '../../../src/worker/report.ts';
import type { AttemptReport, EndReport, Telemetry } from '../../../src/worker/telemetry.ts';
import { expectDocumented, type LogLine, recordLog } from '../../support/log-lines.ts';
import { sendJob } from '../../support/send-job.ts';

const account = { name: 'acme', surface: 'xml' } as const;

/** The lines that come of what a worker tells. */
function linesOf(tell: (telemetry: Telemetry) => void): readonly LogLine[] {
  const recorded = recordLog();
  const metrics = createMetrics({ version: '1.2.3', accounts: [account] });
  tell(createTelemetry({ account, log: recorded.log, metrics, now: () => 0 }));
  return recorded.lines;
}

const refused = (code: string): Outcome => ({ kind: 'refused', by: 'code', code, text: '' });

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
    ...more,
  };
}

const dead = (reason: 'terminal' | 'unknown-code' | 'exhausted' | 'uncertain'): Verdict => ({
  kind: 'dead-letter',
  rule: 'some',
  facts: { reason },
  accountFault: false,
});

const origin = { id: 'm0', rootId: 'm0', replay: 1 };

const attempts: readonly AttemptReport[] = [
  attempt({ kind: 'accepted', groupId: '1302' }, { kind: 'complete', rule: '00', groupId: '1302' }),
  attempt({ kind: 'accepted', groupId: '1' }, { kind: 'complete', rule: '00', groupId: '1' }, { late: true }),
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
  attempt({ kind: 'uncertain', cause: 'crash' }, { kind: 'retry', rule: 'x', delayMs: 10, resend: true }),
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

const hold = { reason: 'no-credit', code: '11', since: 1, modeSince: 1, by: 'worker w' } as const;

/** Everything that a worker can tell. */
function tellAll(telemetry: Telemetry): void {
  for (const report of attempts) telemetry.attempt(report);
  for (const report of [end('accepted'), end('terminal', '12'), end('expired'), end('cancelled')])
    telemetry.ended(report);
  telemetry.split(2);
  telemetry.lateReply('m1', refused('12'), false);
  telemetry.lockLost('m1', 'before sending');
  telemetry.hold({ ...hold, mode: 'probing' }, undefined);
  telemetry.hold({ ...hold, mode: 'resuming' }, { ...hold, mode: 'probing' });
  telemetry.hold(undefined, { ...hold, mode: 'resuming' });
  telemetry.hold({ ...hold, mode: 'stopped', reason: 'operator', note: 'a test' }, undefined);
  telemetry.credit({ why: '20' });
  telemetry.credit({ why: '20' });
  telemetry.credit({ credit: 120 });
  telemetry.unexpected(new Error('oh'), 'job');
  telemetry.redis(new Error('away'));
  telemetry.request({ outcome: refused('12'), durationMs: 5, messages: 1 });
  telemetry.resent('otp', 'crash');
}

describe('the lines of a worker', () => {
  it('have the documented fields and levels, each of them', () => {
    const lines = linesOf(tellAll);
    for (const line of lines) expectDocumented(line);
    expect(new Set(lines.map(({ msg }) => msg))).toEqual(new Set(Object.keys(accountLines)));
  });

  it('use every documented level and every documented field', () => {
    const lines = linesOf(tellAll);
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
