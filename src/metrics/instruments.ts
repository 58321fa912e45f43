import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import {
  type CounterKey,
  type GaugeKey,
  type HistogramKey,
  type MetricKey,
  type MetricRow,
  metricTable,
} from './table.ts';

export type Labels = Readonly<Record<string, string>>;

/** The metrics of the table as the registry holds them, each reached by the key of its row. */
export interface Instruments {
  count(key: CounterKey, labels: Labels, by?: number): void;
  set(key: GaugeKey, labels: Labels, value: number): void;
  observe(key: HistogramKey, labels: Labels, value: number): void;
  /** Brings the counters up to date; to be called before they are read. */
  flush(): void;
  /** Forgets every value that was read from Redis. */
  forgetShared(): void;
}

/** Registers every metric of the table. */
export function createInstruments(registry: Registry): Instruments {
  const counters = new Map<MetricKey, Counter>();
  const gauges = new Map<MetricKey, Gauge>();
  const histograms = new Map<MetricKey, Histogram>();
  for (const [key, row] of Object.entries(metricTable) as [MetricKey, MetricRow][]) {
    const { type, buckets = [] } = row;
    const common = { name: row.name, help: row.help, labelNames: Object.keys(row.labels) };
    const options = { ...common, registers: [registry] };
    if (type === 'counter') counters.set(key, new Counter(options));
    else if (type === 'gauge') gauges.set(key, new Gauge(options));
    else histograms.set(key, new Histogram({ ...options, buckets: [...buckets] }));
  }
  /** What was counted last by each counter and is not in it yet: the messages of a request have the same labels. */
  const pending = new Map<CounterKey, { readonly labels: Labels; by: number }>();
  const flush = (key: CounterKey): void => {
    const last = pending.get(key);
    if (last) counters.get(key)?.inc(last.labels, last.by);
    pending.delete(key);
  };
  return {
    count(key, labels, by = 1) {
      const last = pending.get(key);
      if (last && isSame(last.labels, labels)) {
        last.by += by;
        return;
      }
      flush(key);
      pending.set(key, { labels, by });
    },
    flush() {
      for (const key of pending.keys()) flush(key);
    },
    set: (key, labels, value) => gauges.get(key)?.set(labels, value),
    observe: (key, labels, value) => histograms.get(key)?.observe(labels, value),
    forgetShared() {
      for (const [key, gauge] of gauges) if (metricTable[key].shared) gauge.reset();
    },
  };
}

/** Whether labels of one metric, which have the same names, have the same values. */
function isSame(one: Labels, other: Labels): boolean {
  for (const name in one) if (one[name] !== other[name]) return false;
  return true;
}
