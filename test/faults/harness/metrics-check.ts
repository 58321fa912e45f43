import { resentOf, type Violation } from './invariants.ts';
import type { WorkerProcess } from './workers.ts';
import type { World } from './world.ts';

/** Each living worker's metrics must say what its log says; a killed one leaves only its log. */
export async function metricsViolations({ workers }: World): Promise<readonly Violation[]> {
  const found = await Promise.all(workers.alive().map(check));
  return found.flat();
}

async function check(worker: WorkerProcess): Promise<readonly Violation[]> {
  const address = worker.lines().find(({ msg }) => msg === 'health.listening')?.url;
  if (address === undefined) return [];
  const text = await (await fetch(new URL('/metrics', address))).text();
  const lines = worker.lines();
  const facts: readonly (readonly [metric: string, logged: number])[] = [
    ['jetsms_attempts_total', lines.filter(({ msg }) => msg.startsWith('delivery.')).length],
    ['jetsms_resent_total', resentOf(lines)],
    ['jetsms_late_replies_total', lines.filter(({ msg }) => msg === 'reply.late').length],
    ['jetsms_unexpected_errors_total', lines.filter(({ msg }) => msg === 'unexpected.error').length],
  ];
  return facts.flatMap(([metric, logged]) => {
    const counted = sumOf(text, metric);
    if (counted === logged) return [];
    const detail = `worker ${worker.number}: ${metric} is ${counted}, its log has ${logged}`;
    return [{ rule: 'metrics and log agree', detail }];
  });
}

/** The sum of a metric over all its labels. */
export function sumOf(exposition: string, metric: string): number {
  const rows = exposition
    .split('\n')
    .filter((row) => row.startsWith(`${metric}{`) || row.startsWith(`${metric} `));
  return rows.reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
}
