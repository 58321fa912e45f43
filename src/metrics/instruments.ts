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
  return {
    count: (key, labels, by = 1) => counters.get(key)?.inc(labels, by),
    set: (key, labels, value) => gauges.get(key)?.set(labels, value),
    observe: (key, labels, value) => histograms.get(key)?.observe(labels, value),
    forgetShared() {
      for (const [key, gauge] of gauges) if (metricTable[key].shared) gauge.reset();
    },
  };
}
