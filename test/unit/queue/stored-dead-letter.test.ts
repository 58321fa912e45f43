import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDeadLetters } from '../../../src/cli/render/dead-letters.ts';
import { matches } from '../../../src/operator/dead-letters/filter.ts';
import { leftOut } from '../../../src/operator/dead-letters/replay.ts';
import { letterView } from '../../../src/operator/dead-letters/view.ts';
import type { DeadLetter } from '../../../src/queue/dead-letter.ts';
import { parseDeadLetter, readDeadLetter, sizeOf } from '../../../src/queue/stored-dead-letter.ts';
import { sendJob } from '../../support/send-job.ts';

const at = 1_800_000_000_000;
const good: DeadLetter = {
  v: 1,
  job: sendJob(),
  reason: 'terminal',
  code: '12',
  text: 'wrong outbox',
  history: [{ n: 1, at, outcome: 'refused', code: '12', verdict: 'dead-letter' }],
  pieceOf: 'm0',
  enqueuedAt: at,
  diedAt: at + 1,
};
const read = (value: unknown) => readDeadLetter('m1', JSON.stringify(value));

describe('a dead letter', () => {
  it('is read as it was written', () => {
    expect(read(good)).toEqual({ id: 'm1', letter: good, job: { ok: true, job: good.job } });
  });

  it('whose job cannot be read is one all the same', () => {
    const { letter, job, problem } = read({ ...good, job: { to: '905321234567' } });
    expect(letter.reason).toBe('terminal');
    expect({ ok: job.ok, problem }).toEqual({ ok: false, problem: undefined });
  });

  it.each<[string, object]>([
    ['v', { v: 2 }],
    ['v', { v: undefined }],
    ['reason', { reason: 'constructor' }],
    ['reason', { reason: null }],
    ['code', { code: {} }],
    ['code', { code: 12 }],
    ['text', { text: {} }],
    ['mayHaveArrived', { mayHaveArrived: 'yes' }],
    ['history', { history: [null] }],
    ['history', { history: undefined }],
    ['history', { history: [{ n: 1 }] }],
    ['pieceOf', { pieceOf: 7 }],
    ['enqueuedAt', { enqueuedAt: null }],
    ['diedAt', { diedAt: 'yesterday' }],
    ['diedAt', { diedAt: 1e300 }],
  ])(
    'that is none of ours is shown as one that cannot be read, and says which field: %s',
    (field, change) => {
      const stored = read({ ...good, ...change });
      const problem = `field ${field} is missing or not valid`;
      expect(stored).toMatchObject({ id: 'm1', problem, job: { ok: false, problem } });
      expect(letterView(stored)).toMatchObject({
        id: 'm1',
        reason: 'invalid',
        meaning: `what lies here is no dead letter of this product: ${problem}`,
        mayHaveArrived: true,
        messages: 1,
      });
    },
  );

  it.each<[string, string]>([
    ['it is no JSON object', '{"v":1,'],
    ['it is no JSON object', 'null'],
    ['it is no JSON object', '[1]'],
    ['it is no JSON object', ''],
    [
      'it is nested without end',
      JSON.stringify(good).replace(/"job":\{.*?\}/, `"job":${'['.repeat(5_000)}${']'.repeat(5_000)}`),
    ],
  ])('%s: %#', (problem, raw) => {
    expect(readDeadLetter('m1', raw).problem).toBe(problem);
  });

  it('that cannot be read keeps the time at which it died, where that can', () => {
    expect(read({ ...good, code: {} }).letter).toMatchObject({ enqueuedAt: at, diedAt: at + 1 });
    expect(read({ ...good, diedAt: '1' }).letter.diedAt).toBe(0);
  });

  it('that cannot be read shows what lies there to those only to whom it is revealed', () => {
    const stored = read({ ...good, history: [null] });
    expect(JSON.stringify(letterView(stored))).not.toMatch(/905321234567|Merhaba|outbox/);
    expect(String(letterView(stored, { reveal: true }).unreadableJob)).toContain('905321234567');
  });

  it('that cannot be read is never replayed, even where a send job lies in its place', () => {
    const all = { includeExpired: true, includeUncertain: true, includeCancelled: true };
    expect(leftOut(read(sendJob()), all)).toBe('invalid');
    expect(leftOut(read({ ...good, code: {} }), all)).toBe('invalid');
  });
});

const almost = fc.tuple(fc.nat(), fc.jsonValue()).map(([place, value]) => {
  let n = 0;
  return JSON.parse(JSON.stringify(good), (_, inner) => (n++ === place % 25 ? value : inner));
});

describe('whatever lies in the dead-letter queue', () => {
  it('can be listed, shown, filtered, counted and exported', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almost), fc.boolean(), (value, reveal) => {
        const stored = read(value);
        const view = letterView(stored, { reveal });
        expect(renderDeadLetters([view], 80).join()).toContain('m1');
        expect(JSON.parse(JSON.stringify(view))).toMatchObject({ id: 'm1', reason: stored.letter.reason });
        expect(matches({ code: '12' }, stored, at)).toBe(stored.letter.code === '12');
        expect(sizeOf(stored).messages).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read without a throw, JSON or not', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (raw) => {
        expect(readDeadLetter('m1', raw).id).toBe('m1');
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseDeadLetter('m1', value).id).toBe('m1');
      }),
    );
  });
});
