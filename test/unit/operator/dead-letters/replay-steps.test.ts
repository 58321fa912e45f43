import { describe, expect, it } from 'vitest';
import { replayIdOf } from '../../../../src/operator/dead-letters/replay-steps.ts';
import { originIdsOf } from '../../../../src/queue/origins.ts';
import { sendJob } from '../../../support/send-job.ts';

const first = sendJob();
const replay = (id: string, rootId: string) => sendJob({ origin: { id, rootId, replay: 1 } });

describe('replayIdOf', () => {
  it.each([
    ['m1', first, 'm1.r1'],
    ['m1.0', first, 'm1.0.r1'],
    ['m1.r1', replay('m1', 'm1'), 'm1.r2'],
    ['m1.r9', replay('m1.r8', 'm1'), 'm1.r10'],
    ['m1.r1.0', replay('m1', 'm1'), 'm1.r1.0.r1'],
    ['m1.r1.0.r1', replay('m1.r1.0', 'm1'), 'm1.r1.0.r2'],
    ['looks-like.r1', first, 'looks-like.r1.r1'],
  ])('replays %s as the next of its chain', (id, job, newId) => {
    expect(replayIdOf({ id, job })).toBe(newId);
  });
});

describe('originIdsOf', () => {
  it('ends, whatever count an id claims', () => {
    const origin = { id: 'a.r999999999', rootId: 'a', replay: 1 };
    expect(originIdsOf(origin).length).toBe(100);
    expect(originIdsOf({ ...origin, id: `a.r${'9'.repeat(400)}` }).length).toBeLessThan(3);
  });

  it.each([
    [{ id: 'm1', rootId: 'm1', replay: 1 }, ['m1']],
    [{ id: 'm1.r2', rootId: 'm1', replay: 3 }, ['m1', 'm1.r1', 'm1.r2']],
    [{ id: 'm1.0', rootId: 'm1.0', replay: 1 }, ['m1.0']],
    [{ id: 'm1.r1.0', rootId: 'm1', replay: 2 }, ['m1', 'm1.r1', 'm1.r1.0']],
    [{ id: 'unrelated', rootId: 'm1', replay: 1 }, ['unrelated']],
  ])('reads the chain of %o', (origin, ids) => {
    expect(originIdsOf(origin)).toEqual(ids);
  });
});
