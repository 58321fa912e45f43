/** Behind an id: a joined send is `x.0`, another piece of a divided job `x.p0`, a replay `x.r1`. */
const suffix = /^(.+)\.([rp]?)(\d{1,9})$/;

/** Of no message of ours are there more; a foreign id could name a billion replays. */
const mostCopies = 100;

/**
 * The send jobs in which the message of a dead letter may lie beside the letter, nearest first, read from its id
 * alone: its own, the one that it is a piece of, and the ones that it repeats.
 */
export function copiesOf(id: string): readonly string[] {
  const copies = [id];
  for (let current = id; ; ) {
    const [, base, kind, count] = suffix.exec(current) ?? [];
    if (base === undefined || copies.length === mostCopies) return copies;
    current = kind === 'r' && Number(count) > 1 ? `${base}.r${Number(count) - 1}` : base;
    copies.push(current);
  }
}
