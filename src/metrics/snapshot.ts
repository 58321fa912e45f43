import { type Lane, lanes } from '../message/lane.ts';
import { type HoldReason, holdReasons } from '../queue/hold-reasons.ts';
import type { Instruments } from './instruments.ts';
import { type JobState, otherLabel, type QueueLabel } from './labels.ts';
import type { GaugeKey } from './table.ts';

/** What an account's queues look like at a scrape. What is missing is not shown. */
export interface AccountSnapshot {
  readonly account: string;
  /** Jobs by queue and state. */
  readonly jobs: Readonly<Record<QueueLabel, Readonly<Partial<Record<JobState, number>>>>>;
  /** Age of the oldest send job that waits, by lane; a lane without one is shown as 0. */
  readonly oldestWaitingMs: Readonly<Partial<Record<Lane, number>>>;
  /** Undefined = not held. */
  readonly held: HoldReason | undefined;
  readonly uncertainOpen?: number;
  readonly reportsWaiting?: number;
  /** How long the next question for reports has been due. */
  readonly reportsOverdueSeconds?: number;
  readonly creditLeft?: number;
  readonly creditHoursLeft?: number;
  readonly waitingParts?: number;
  /** Where somebody has subscribed. */
  readonly events?: EventsSnapshot;
}

/** What an account's stream of events looks like, in entries. */
export interface EventsSnapshot {
  readonly stored: number;
  readonly limit?: number;
  readonly groups: readonly {
    readonly group: string;
    readonly unread: number | undefined;
    readonly unacknowledged: number;
    readonly isRead: boolean;
  }[];
}

/** What a webhook endpoint looks like at a scrape, in deliveries. */
export interface WebhookSnapshot {
  readonly endpoint: string;
  readonly waiting: number;
  readonly dead: number;
  readonly isEnded: boolean;
}

/** Shows what was read of an account, or of an endpoint. */
export function showSnapshot(snapshot: AccountSnapshot | WebhookSnapshot, set: Instruments['set']): void {
  if ('account' in snapshot) showAccount(snapshot, set);
  else showWebhook(snapshot, set);
}

function showWebhook(snapshot: WebhookSnapshot, set: Instruments['set']): void {
  const { endpoint, waiting, dead, isEnded } = snapshot;
  set('webhookWaiting', { webhook: endpoint }, waiting);
  set('webhookDead', { webhook: endpoint }, dead);
  set('webhookEnded', { webhook: endpoint }, Number(isEnded));
}

function showAccount(snapshot: AccountSnapshot, set: Instruments['set']): void {
  const { account, jobs: counts, oldestWaitingMs, held } = snapshot;
  for (const [queue, states] of Object.entries(counts)) {
    for (const [state, jobs] of Object.entries(states)) set('queueJobs', { account, queue, state }, jobs);
  }
  for (const lane of lanes) set('oldestWaiting', { account, lane }, (oldestWaitingMs[lane] ?? 0) / 1000);
  for (const reason of holdReasons) set('held', { account, reason }, Number(held === reason));
  for (const key of Object.values(sometimesKnown)) {
    const value = snapshot[key];
    if (value !== undefined) set(key, { account }, value);
  }
  if (snapshot.events) showEvents(account, snapshot.events, set);
}

/** More groups of an account than anybody has use for. */
const mostGroups = 20;
const groupForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function showEvents(
  account: string,
  { stored, limit, groups }: EventsSnapshot,
  set: Instruments['set'],
): void {
  set('eventsStored', { account }, stored);
  if (limit !== undefined) set('eventsLimit', { account }, limit);
  for (const [group, { unread, unacknowledged, isRead }] of foldedGroups(groups)) {
    const labels = { account, group };
    if (unread !== undefined) set('eventsUnread', labels, unread);
    set('eventsUnacknowledged', labels, unacknowledged);
    set('eventsRead', labels, Number(isRead));
  }
}

type GroupState = Omit<EventsSnapshot['groups'][number], 'group'>;

/** The groups by their labels. Those that share one are shown as the worst of them, so that an alert comes. */
function foldedGroups(groups: EventsSnapshot['groups']): ReadonlyMap<string, GroupState> {
  const shown = new Map<string, GroupState>();
  for (const [at, { group: name, ...state }] of groups.entries()) {
    const label = at < mostGroups && groupForm.test(name) ? name : otherLabel;
    const other = shown.get(label);
    shown.set(label, other ? worseOf(other, state) : state);
  }
  return shown;
}

const worseOf = (one: GroupState, other: GroupState): GroupState => ({
  unread:
    one.unread === undefined || other.unread === undefined
      ? (one.unread ?? other.unread)
      : Math.max(one.unread, other.unread),
  unacknowledged: Math.max(one.unacknowledged, other.unacknowledged),
  isRead: one.isRead && other.isRead,
});

/** Gauges that have the name of their field in a snapshot, and are not always known. */
type SometimesKnown = Exclude<Extract<keyof AccountSnapshot, GaugeKey>, 'held'>;

/** As a record, so that the compiler asks for each of them. */
const sometimesKnown: { readonly [Key in SometimesKnown]: Key } = {
  uncertainOpen: 'uncertainOpen',
  reportsWaiting: 'reportsWaiting',
  reportsOverdueSeconds: 'reportsOverdueSeconds',
  creditLeft: 'creditLeft',
  creditHoursLeft: 'creditHoursLeft',
  waitingParts: 'waitingParts',
};
