/** What a Redis keeps on disk; undefined where it does not say, or the login may not ask. */
export interface PersistenceFacts {
  readonly hasAof: boolean | undefined;
  readonly hasSnapshots: boolean | undefined;
  /** `appendfsync`. */
  readonly appendFsync: string | undefined;
}

interface PersistenceFinding {
  readonly check: 'persistence';
  readonly level: 'ok' | 'warning';
  readonly says: string;
  readonly whatToDo?: string;
}

/** What to think of how a Redis keeps what it has. */
export function judgePersistence({
  hasAof,
  hasSnapshots,
  appendFsync,
}: PersistenceFacts): PersistenceFinding {
  if (hasAof === undefined) {
    return {
      check: 'persistence',
      level: 'warning',
      says: 'Redis does not say whether it keeps a log on disk',
      whatToDo: 'See that `appendonly` is yes.',
    };
  }
  if (hasAof && appendFsync === 'no') {
    return {
      check: 'persistence',
      level: 'warning',
      says: 'Redis leaves it to the system when its log is written (appendfsync is no)',
      whatToDo: 'Set `appendfsync everysec`, or `always` where not one message may be lost.',
    };
  }
  if (hasAof)
    return {
      check: 'persistence',
      level: 'ok',
      says: `Redis keeps a log (${appendFsync === undefined ? 'how often it is written, this user may not ask' : `appendfsync ${appendFsync}`})`,
    };
  return {
    check: 'persistence',
    level: 'warning',
    says: withoutLog(hasSnapshots),
    whatToDo: 'Set `appendonly yes` (`redis-cli CONFIG SET appendonly yes`, and in redis.conf).',
  };
}

function withoutLog(hasSnapshots: boolean | undefined): string {
  if (hasSnapshots === undefined)
    return 'Redis keeps no log, and does not say whether it keeps snapshots: a crash loses messages';
  return hasSnapshots
    ? 'Redis keeps snapshots only: a crash loses what came after the last one'
    : 'Redis keeps nothing on disk: a restart loses every waiting message';
}
