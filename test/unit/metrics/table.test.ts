import { describe, expect, it } from 'vitest';
import { metricTable } from '../../../src/metrics/table.ts';

const rows = Object.values(metricTable);

describe('the table of metrics', () => {
  it('has every name once', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it.each(rows.map((row) => [row.name, row] as const))('names %s as Prometheus wants it', (name, row) => {
    expect(name).toMatch(/^jetsms_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(row.type === 'counter');
    expect(row.help).toMatch(/^.+\.$/);
    expect(row.buckets !== undefined).toBe(row.type === 'histogram');
    expect(row.shared === undefined || row.type === 'gauge').toBe(true);
  });

  it.each(rows.flatMap(({ name, buckets }) => (buckets ? [[name, buckets] as const] : [])))(
    'has rising buckets for %s, in seconds',
    (name, buckets) => {
      expect(name).toMatch(/_seconds$/);
      expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    },
  );

  // A group is named by an app, by a form of ours, and only so many of them are shown.
  it('has only labels from closed sets, with no place for a number, a text or an id', () => {
    const open = rows.flatMap(({ labels }) =>
      Object.entries(labels).flatMap(([label, { values }]) => (values === undefined ? [label] : [])),
    );
    expect([...new Set(open)].toSorted()).toEqual(['account', 'group', 'version', 'webhook']);
    for (const { labels } of rows) {
      for (const { values = [] } of Object.values(labels)) expect(new Set(values).size).toBe(values.length);
    }
  });
});
