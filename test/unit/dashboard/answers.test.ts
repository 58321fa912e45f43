import { describe, expect, it } from 'vitest';
import { type Facts, rewriteAnswer } from '../../../src/dashboard/answers.ts';

const facts: Facts = {
  holds: new Map([['shop/jetsms-shop', 'Held by an operator.']]),
  deadQueues: new Set(['shop/jetsms-shop-dead']),
};
const rewrite = (route: string, body: unknown, queueName = 'shop/jetsms-shop') =>
  rewriteAnswer({ route, queueName, body }, facts);
const jobRoute = '/api/queues/:queueName/:jobId';
const jobOf = (job: object) =>
  (rewrite(jobRoute, { job, status: 'failed' }) as { job: Record<string, unknown> }).job;

describe('rewriteAnswer', () => {
  it('keeps of a job only what it knows', () => {
    expect(jobOf({ id: 'm1', name: 'otp', data: {}, note: 'secret', deferredFailure: 'secret' })).toEqual({
      id: 'm1',
      name: 'otp',
      data: {},
      progress: { hold: 'Held by an operator.' },
      attempts: 0,
      opts: {},
      failedReason: undefined,
      stacktrace: [],
    });
  });

  it("shows why a job failed in the worker's words only", () => {
    expect(jobOf({ failedReason: 'dead letter: terminal 12' })['failedReason']).toBe(
      'dead letter: terminal 12: sender title wrong or not approved',
    );
    expect(jobOf({ failedReason: 'dead letter: expired' })['failedReason']).toBe(
      'dead letter: expired: its deadline passed',
    );
    for (const other of [
      'cannot send «gizli»',
      'dead letter: terminal «gizli»',
      'dead letter: gizli',
      'dead letter: terminal gizli',
    ]) {
      expect(jobOf({ failedReason: other })['failedReason']).not.toContain('gizli');
    }
  });

  it("shows the places of a stack without the error's words", () => {
    const stack =
      'Error: gizli\n    at gizli metin\n    at send (file:///app/send.ts:3:9)\n    at async /app/b.js:1:2';
    expect(jobOf({ stacktrace: [stack] })['stacktrace']).toEqual([
      '(words not shown)\n    at send (file:///app/send.ts:3:9)\n    at async /app/b.js:1:2',
    ]);
  });

  it('shows options that are ours', () => {
    const deduplication = { id: 'k0123456789abcdef01234567', ttl: 1 };
    expect(
      jobOf({ opts: { priority: 1, delay: 5, jobId: 'x', attempts: 1_000_000, deduplication } })['opts'],
    ).toEqual({
      priority: 1,
      delay: 5,
      deduplicationId: 'k0123456789abcdef01234567',
    });
    expect(jobOf({ opts: { deduplication: { id: 'for Ayşe' } } })['opts']).toEqual({});
  });

  it('tells the hold of an account under its queue and in its open jobs', () => {
    const job = { id: 'm1', progress: { now: 'not tried yet' } };
    const over = { ...job, finishedOn: 1 };
    const queue = {
      name: 'shop/jetsms-shop',
      description: 'Messages.',
      jobs: [job, over],
      hasWorkers: false,
    };
    const dead = { name: 'shop/jetsms-shop-dead', description: 'Dead.', jobs: [], hasWorkers: false };
    expect(rewrite('/api/queues', { queues: [queue, dead] })).toMatchObject({
      queues: [
        {
          description: 'Messages. Held by an operator.',
          hasWorkers: false,
          jobs: [
            { progress: { now: 'not tried yet', hold: 'Held by an operator.' } },
            { progress: { now: 'not tried yet' } },
          ],
        },
        { description: 'Dead.', hasWorkers: null },
      ],
    });
  });

  it('tells of logs only how long they are, and of flows and schedulers nothing', () => {
    expect(rewrite(`${jobRoute}/logs`, ['gizli', 'x'])).toEqual([
      '(a line of 5 characters, not shown)',
      '(a line of 1 characters, not shown)',
    ]);
    expect(rewrite(`${jobRoute}/flow`, { nodeId: 'm1', flowRoot: { name: 'gizli' } })).toEqual({
      nodeId: 'm1',
      isFlowNode: false,
      flowRoot: null,
    });
    expect(rewrite('/api/job-schedulers', { schedulers: [{ template: { data: 'gizli' } }] })).toEqual({
      schedulers: [],
    });
  });

  it('lets errors and other answers pass', () => {
    const error = { error: { key: 'ERRORS.JOB_NOT_FOUND' } };
    expect(rewrite(jobRoute, error)).toBe(error);
    expect(rewrite('/api/redis/stats', { version: '7' })).toEqual({ version: '7' });
  });
});
