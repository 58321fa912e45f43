import { type HistogramKey, type MetricKey, metricTable } from '../../src/metrics/table.ts';

/** `jetsms_held{reason="no-credit"}`: a metric of the table, with matchers as PromQL writes them. */
export function series(key: MetricKey, matchers = ''): string {
  return select(metricTable[key].name, matchers);
}

/** The buckets of a histogram of the table. */
export function bucketsOf(key: HistogramKey, matchers = ''): string {
  return select(`${metricTable[key].name}_bucket`, matchers);
}

/** How often a histogram of the table was observed. */
export function countOf(key: HistogramKey, matchers = ''): string {
  return select(`${metricTable[key].name}_count`, matchers);
}

/**
 * How far a counter has risen. `increase` alone does not see the first events of a series, because it needs two
 * samples: a series that was not there when the window began has counted from 0.
 */
export function risen(selector: string, window: string): string {
  return `(${selector} unless ${selector} offset ${window}) or increase(${selector}[${window}])`;
}

/** The rise of a counter over all workers. */
export function sumRisen(by: string, selector: string, window: string): string {
  return `sum by (${by}) (${risen(selector, window)})`;
}

/** A gauge that every worker reads from the same Redis: one value, however many workers tell it. */
export function shared(by: string, selector: string): string {
  return `max by (${by}) (${selector})`;
}

function select(name: string, matchers: string): string {
  return matchers === '' ? name : `${name}{${matchers}}`;
}
