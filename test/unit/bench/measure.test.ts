import { describe, expect, it } from 'vitest';
import { noWorse } from '../../../bench/figures/against.ts';
import { speedBetween } from '../../../bench/figures/drain.ts';
import { waitsOf } from '../../../bench/figures/latency.ts';
import { atLeast, atMost, inTurn, quantile, ratioFigure, spreadOf } from '../../../bench/measure.ts';

const words = { what: 'messages/s', to: 'plain', behind: 'ours, plain' };

describe('samples', () => {
  it('are quoted by their median, with the smallest and the largest', () => {
    expect(spreadOf([9, 1, 5, 3, 7])).toEqual({ median: 5, min: 1, max: 9 });
  });

  it('have their p99 near the slowest', () => {
    const samples = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(quantile(samples, 0.99)).toBe(198);
    expect(quantile([4], 0.99)).toBe(4);
  });
});

describe('rounds', () => {
  it('run the compared ones in turn', async () => {
    const order: string[] = [];
    const run = (name: string) => async (round: number) => order.push(`${name}${round}`);
    await inTurn(2, { ours: run('ours'), plain: run('plain'), bee: run('bee') });
    expect(order).toEqual(['ours0', 'plain0', 'bee0', 'ours1', 'plain1', 'bee1']);
  });
});

describe('a ratio', () => {
  it('is taken round by round, and its median is held against the target', () => {
    const figure = ratioFigure([80, 90, 40], [10, 10, 10], atLeast(8), words);
    expect(figure).toMatchObject({ value: { median: 8, min: 4, max: 9 }, isMet: true });
    expect(figure.target).toBe('at least 8 × plain');
  });

  it('that is to be small is missed above its limit', () => {
    expect(ratioFigure([3], [10], atMost(0.2), words).isMet).toBe(false);
    expect(ratioFigure([2], [10], atMost(0.2), words).isMet).toBe(true);
  });

  it('of two checkouts is no worse where they cannot be told apart', () => {
    expect(noWorse([9, 9, 11], [10, 10, 10], true)).toBe(true);
    expect(noWorse([9, 9, 9], [10, 10, 10], true)).toBe(false);
    expect(noWorse([1_001, 1_002, 1_003], [1_000, 1_000, 1_000], false)).toBe(true);
    expect(noWorse([9, 11, 11], [10, 10, 10], false)).toBe(true);
    expect(noWorse([11, 11, 11], [10, 10, 10], false)).toBe(false);
  });
});

describe('what the provider saw', () => {
  it('gives the speed between two of its answers', () => {
    const series = [
      [1_000, 10],
      [1_500, 60],
      [2_000, 110],
    ] as const;
    expect(speedBetween(series, 10, 110)).toBe(100);
    expect(speedBetween(series, 10, 200)).toBeNaN();
  });

  it('gives the waits of the marked messages that arrived', () => {
    const sentAt = [
      [1, 100],
      [2, 120],
      [3, 140],
    ] as const;
    const marks = [
      [3, 145],
      [1, 102],
    ] as const;
    expect(waitsOf(sentAt, { marks })).toEqual([2, 5]);
  });
});
