/**
 * Turkish local time is UTC+3 all year since 2016; the ids of real requests show that the provider writes it.
 */
const istanbulOffsetMs = 3 * 60 * 60 * 1000;

/** Reads `ddMMyyyyHHmmss` in Turkish local time as epoch milliseconds; undefined where it is no such date. */
export function readDate(written: string): number | undefined {
  const found = /^(\d\d)(\d\d)(\d{4})(\d\d)(\d\d)(\d\d)$/.exec(written);
  if (found === null) return undefined;
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second) - istanbulOffsetMs;
  return writeDate(at) === written ? at : undefined;
}

/** `ddMMyyyyHHmmss` in Turkish local time. */
export function writeDate(atMs: number): string {
  const [year, month, day, time] = istanbulParts(atMs);
  return `${day}${month}${year}${time}`;
}

/**
 * Makes group ids: `yyMMddHHmmss` in Turkish local time, then milliseconds and a counter, 19 digits in all, as
 * the ids that were seen on real requests. Unique, and each larger than the one before.
 */
export function createGroupIds(now: () => number): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const ms = Math.max(now(), lastMs);
    counter = ms === lastMs ? counter + 1 : 0;
    lastMs = counter > 9_999 ? ms + 1 : ms;
    counter %= 10_000;
    return `${stamp(lastMs)}${String(counter).padStart(4, '0')}`;
  };
}

function stamp(atMs: number): string {
  const [year, month, day, time] = istanbulParts(atMs);
  const millis = String(atMs % 1000).padStart(3, '0');
  return `${year.slice(2)}${month}${day}${time}${millis}`;
}

function istanbulParts(atMs: number): readonly [year: string, month: string, day: string, time: string] {
  const iso = new Date(atMs + istanbulOffsetMs).toISOString();
  return [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10), iso.slice(11, 19).replaceAll(':', '')];
}
