/** What is asked of the board: a route of Bull Board's API and its method. */
export interface Operation {
  /** Lower case. */
  readonly method: string;
  /** As Bull Board names it: `/api/queues/:queueName/pause`. */
  readonly route: string;
}

/**
 * What a writable board may do: stop and start an account, and send a scheduled message early. Workers see the
 * pause as a hold. Everything else is refused, whatever a later Bull Board adds.
 */
const allowedChanges: ReadonlySet<string> = new Set([
  'put /api/queues/pause',
  'put /api/queues/resume',
  'put /api/queues/:queueName/pause',
  'put /api/queues/:queueName/resume',
  'put /api/queues/:queueName/:jobId/promote',
]);

const reads: ReadonlySet<string> = new Set(['get', 'head']);

/** Whether a method only looks. */
export const isRead = (method: string): boolean => reads.has(method.toLowerCase());

/** Why an operation is refused, in words that say what to do instead; undefined where it is allowed. */
export function refusal({ method, route }: Operation, writable: boolean): string | undefined {
  if (isRead(method)) return undefined;
  if (!writable) return readOnlyWords;
  return allowedChanges.has(`${method.toLowerCase()} ${route}`) ? undefined : insteadOf(route);
}

export const readOnlyWords =
  'This dashboard is read-only. JETSMS_DASHBOARD_WRITABLE=true lets it pause and resume.';

/** Ends of routes, and what to do instead. */
const instead: readonly (readonly [end: RegExp, words: string])[] = [
  [
    /\/update-data$/,
    'What the dashboard shows of a job is masked, and saving it would put the masks in place of number and text.',
  ],
  [
    /\/retry(?:\/:queueStatus)?$/,
    'A finished job is not sent again by a retry. `jetsms dead replay` sends dead letters again, each at most once.',
  ],
  [
    /\/(?:clean(?:\/:queueStatus)?|empty|obliterate|remove-unprocessed-children)$/,
    'Messages are never removed here. `jetsms dead discard` throws dead letters away for good, with every copy of them.',
  ],
  [/\/add$/, 'Messages come from the producer or from `jetsms send`, which check them.'],
  [
    /\/(?:concurrency|rate-limit|release)$/,
    "The pace of a queue belongs to the account's settings and its holds.",
  ],
];

const insteadOf = (route: string): string =>
  instead.find(([end]) => end.test(route))?.[1] ?? 'The dashboard does not do this.';
