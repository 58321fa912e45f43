import { describe, expect, it } from 'vitest';
import type { QuestionReport } from '../../../../src/worker/reports/ask-reports.ts';
import {
  createBackOff,
  createTurns,
  type Turns,
  type TurnsOptions,
} from '../../../../src/worker/reports/turns.ts';

interface Table {
  readonly turns: Turns;
  readonly pauses: readonly number[];
  readonly renewed: readonly (readonly string[])[];
  readonly told: readonly QuestionReport[];
  stop(): void;
}

function turnsOf(change: Partial<TurnsOptions> & { readonly waits?: number[] } = {}): Table {
  const pauses: number[] = [];
  const renewed: (readonly string[])[] = [];
  const told: QuestionReport[] = [];
  const { waits = [], ...options } = change;
  const end = new AbortController();
  const turns = createTurns(
    {
      store: {
        pay: () => Promise.resolve(waits.shift() ?? 0),
        renew: (members) => Promise.resolve(void renewed.push(members)),
      },
      account: { requestTimeoutMs: 10_000 },
      isBusy: () => false,
      telemetry: { reportQuestion: (report) => void told.push(report) },
      pauseFor: (ms) => Promise.resolve(void pauses.push(ms)),
      ...options,
    },
    end.signal,
    createBackOff(),
  );
  return { turns, pauses, renewed, told, stop: () => end.abort() };
}

describe('questions for reports', () => {
  it('wait while messages go out, and go on when they are through', async () => {
    const looks = [true, true, true];
    const { turns, pauses } = turnsOf({ isBusy: () => looks.pop() ?? false });
    await turns.yieldToMessages();
    expect(pauses).toHaveLength(3);
  });

  it('do not wait for ever, however long messages go out', async () => {
    const { turns, pauses } = turnsOf({ isBusy: () => true });
    await turns.yieldToMessages();
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(2_000);
  });

  it('that follow a first one pay each for itself, and keep the jobs for longer', async () => {
    const { turns, pauses, renewed } = turnsOf({ waits: [150, 20] });
    expect(await turns.mayGoOn(['a', 'b'])).toBe(true);
    expect(pauses).toEqual([150, 20]);
    expect(renewed).toEqual([['a', 'b']]);
  });

  it('are over when the worker ends, and what comes of those under way is not told', async () => {
    const { turns, told, stop } = turnsOf({ waits: [150], isBusy: () => true });
    stop();
    expect(await turns.mayGoOn(['a'])).toBe(false);
    turns.onQuestion({ result: 'no-answer', why: 'aborted' });
    expect(told).toEqual([]);
  });

  it('are asked for longer than any request takes before somebody else asks', () => {
    expect(turnsOf().turns.leaseMs).toBeGreaterThan(10_000);
  });
});

describe('an account whose questions have no answer', () => {
  it('is asked less and less often, and as before once it answers', () => {
    const backOff = createBackOff();
    const pauses = Array.from({ length: 9 }, () => {
      backOff.learn(false);
      return backOff.pauseMs();
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
    for (let n = 0; n < 2_000; n += 1) backOff.learn(false);
    expect(backOff.pauseMs()).toBe(60_000);
    backOff.learn(true);
    expect(backOff.pauseMs()).toBe(0);
  });
});
