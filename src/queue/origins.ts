import type { Origin } from './send-job.ts';

/** Behind an id: a joined send is `x.0`, another piece of a divided job `x.p0`, a replay `x.r1`. */
const suffix = /^(.+)\.([rp]?)(\d{1,9})$/;

/** The id that another was made of: of a replay the message that it repeats, else the job; undefined where it was made of none. */
export function idBefore(id: string): string | undefined {
  const [, base, kind, count] = suffix.exec(id) ?? [];
  return kind === 'r' && Number(count) > 1 ? `${base}.r${Number(count) - 1}` : base;
}

/** A chain that is longer was made by nobody: a foreign id could name a billion replays. */
const longest = 100;

/** The ids that one was made of, itself first. */
export function idsBefore(id: string): readonly string[] {
  const ids = [id];
  for (let one = idBefore(id); one !== undefined && ids.length < longest; one = idBefore(one)) ids.push(one);
  return ids;
}

/** The messages that a replay repeats, the first of the chain first: read from the ids alone. */
export function originIdsOf({ id, rootId }: Pick<Origin, 'id' | 'rootId'>): readonly string[] {
  const before = idsBefore(id).filter((one) => one.startsWith(rootId));
  return before.length === 0 ? [id] : before.toReversed();
}
