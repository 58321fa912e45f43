import type { Origin } from './send-job.ts';

/** A chain that is longer was made by nobody. */
const mostOrigins = 100;

/** The messages that a replay repeats, the first of the chain first: read from the ids alone. */
export function originIdsOf({ id, rootId }: Pick<Origin, 'id' | 'rootId'>): readonly string[] {
  const origins = [id];
  for (let current = id; current !== rootId && origins.length < mostOrigins; ) {
    const [, base, count] = /^(.+)\.[rp]?(\d+)$/.exec(current) ?? [];
    if (base === undefined || !base.startsWith(rootId)) break;
    const wasCounted = current.startsWith(`${base}.r`) && Number(count) > 1;
    current = wasCounted ? `${base}.r${Number(count) - 1}` : base;
    origins.unshift(current);
  }
  return origins;
}
