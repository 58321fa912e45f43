import { maskNumber } from '../message/number.ts';
import { meaningOfCode, meaningOfDeath } from '../queue/dead-letter-meaning.ts';
import type { Ended, EndedNotes, Reported } from '../queue/ended-state.ts';
import type { Journal, Used } from '../queue/journal.ts';
import { idBefore, originIdsOf } from '../queue/origins.ts';
import { subJob } from '../queue/pieces.ts';
import { deadlineAtOf, isMetaOfEach, keyAt, metaAt, type SendJob } from '../queue/send-job.ts';
import { type MessageStatus, type MessageStatusState, messageStates } from './message-status.ts';
import type { EndedPlace, OpenPlace, Place, SettledPlace } from './place.ts';

type Facts = Omit<MessageStatus, 'id'>;

/**
 * What became of a message that was looked for by this id. Pure.
 * @param now Redis' time, epoch milliseconds
 */
export function statusOf(id: string, place: Place, account: string, now: number): MessageStatus {
  const facts = factsOf(place, now);
  if (facts.state === 'unknown' || place.kind === 'unknown') return { id, state: 'unknown' };
  return { id, account, ...facts, ...(place.kind === 'divided' ? {} : chainOf(id, place)) };
}

function factsOf(place: Place, now: number): Facts {
  switch (place.kind) {
    case 'unknown':
      return { state: 'unknown' };
    case 'divided':
      return factsOfAll(place.parts.map((part) => factsOf(part, now)));
    case 'open':
      return openFacts(place, now);
    case 'settled':
      return settledFacts(place);
    case 'ended':
      return endedFacts(place);
  }
}

/** Of the messages of a job that went different ways, those count that have come least far; then those that went wrong. */
const byWeight: readonly MessageStatusState[] = [
  ...(['sending', 'asking', 'waiting', 'scheduled', 'dead', 'failed', 'unconfirmed'] as const),
  ...(['cancelled', 'accepted', 'delivered', 'unknown'] as const),
];

function factsOfAll(parts: readonly Facts[]): Facts {
  const state = byWeight.find((one) => parts.some((part) => part.state === one)) ?? 'unknown';
  const { campaign, lane, enqueuedAt } = parts.find((part) => part.state === state) ?? { state };
  const ats = parts.flatMap(({ at }) => at ?? []);
  return {
    state,
    ...(lane === undefined ? {} : { lane }),
    ...(ats.length === 0 ? {} : { at: Math.max(...ats) }),
    ...(enqueuedAt === undefined ? {} : { enqueuedAt }),
    ...(campaign === undefined ? {} : { campaign }),
    messages: parts.reduce((sum, { messages = 1 }) => sum + messages, 0),
  };
}

/** What it repeats, and what repeats it. */
function chainOf(id: string, place: Exclude<Place, { readonly kind: 'divided' | 'unknown' }>) {
  const { origins: passed, messageId } = place;
  const replayedAs = passed.length > 0 ? { replayedAs: messageId } : {};
  const before = originsOf(place).filter((origin) => !passed.includes(origin));
  return { ...(before.length > 0 && !before.includes(id) ? { origins: before } : {}), ...replayedAs };
}

function originsOf(place: OpenPlace | EndedPlace | SettledPlace): readonly string[] {
  const origin = place.kind === 'ended' ? undefined : place.job?.origin;
  if (origin) return originIdsOf(origin);
  const rootId = place.kind === 'ended' ? place.ended.notes.rootId : undefined;
  const [, replay = ''] = /^(.+\.r[1-9]\d{0,2})(?:\.p?\d+)*$/.exec(place.messageId) ?? [];
  const id = idBefore(replay);
  return rootId === undefined || id === undefined ? [] : originIdsOf({ id, rootId });
}

function openFacts({ job, journal, index, sight }: OpenPlace, now: number): Facts {
  const last = journal.history.at(-1);
  const state = stateOfOpen({ job, journal, isBegun: sight.isBegun, now });
  const at = Math.max(job.enqueuedAt, last?.at ?? 0, journal.sending?.at ?? 0);
  return {
    state,
    at,
    ...jobFacts(job, index),
    attempts: last?.n ?? 0,
    ...(last === undefined ? {} : { code: last.code, meaning: meaningOfCode(last.code, last.row) }),
  };
}

interface Open {
  readonly job: Pick<SendJob, 'sendAt' | 'before'>;
  readonly journal: Journal;
  /** A request may be under way, whatever the journal says. */
  readonly isBegun: boolean;
  readonly now: number;
}

/** Where a message stands that has not ended. */
export function stateOfOpen({ job, journal, isBegun, now }: Open): MessageStatusState {
  if (isAsking(journal) || (isAsking(job.before) && journal.history.length === 0)) return 'asking';
  if (isBegun || journal.sending) return 'sending';
  return journal.history.length === 0 && (job.sendAt ?? 0) > now ? 'scheduled' : 'waiting';
}

/** JetSMS is asked about its latest request. */
export const isAsking = (used: Pick<Used, 'asking'> | undefined): boolean => used?.asking !== undefined;

/** What a job says of one of its messages, or of all. */
export function jobFacts(job: SendJob, index: number | undefined): Omit<Facts, 'state'> {
  const { lane, enqueuedAt, sendAt, campaign } = job;
  const deadlineAt = index === undefined ? job.deadlineAt : deadlineAtOf(job, index);
  return {
    lane,
    enqueuedAt,
    ...(sendAt === undefined ? {} : { sendAt }),
    deadlineAt,
    ...(campaign === undefined ? {} : { campaign }),
    ...(index === undefined ? { parts: job.parts, messages: job.to.length } : oneOf(job, index)),
  };
}

function oneOf(job: SendJob, index: number): Omit<Facts, 'state'> {
  const key = keyAt(job, index);
  const meta = metaAt(job, index);
  const { parts } = job.to.length === 1 ? job : subJob('', job, [[index, index + 1]]);
  return {
    parts,
    to: maskNumber(job.to[index] ?? ''),
    ...(key === undefined ? {} : { key }),
    ...(meta === undefined ? {} : { meta }),
  };
}

/** Its end lies in its journal alone. */
function settledFacts({ job, index, end }: SettledPlace): Facts {
  const own = job ? jobFacts(job, index) : {};
  if (end === 'cancelled')
    return { ...own, state: 'cancelled', reason: 'cancelled', ...meaningOf('cancelled') };
  const { at } = end;
  if (end.end === 'accepted') {
    const { groupId } = end;
    return { ...own, state: 'accepted', at, ...(groupId === undefined ? {} : { groupId }) };
  }
  return { ...own, at, ...deathFacts(end) };
}

interface Death extends Pick<EndedNotes, 'reason' | 'mayHaveArrived'> {
  readonly code?: string;
  readonly row?: string;
}

function deathFacts({ reason = 'invalid', code, row, mayHaveArrived }: Death): Facts {
  return {
    state: reason === 'cancelled' ? 'cancelled' : 'dead',
    reason,
    ...(code === undefined ? {} : { code }),
    ...meaningOf(reason, code, row),
    ...(mayHaveArrived ? { mayHaveArrived } : {}),
  };
}

const meaningOf = (
  reason: NonNullable<EndedNotes['reason']>,
  code?: string,
  row?: string,
): { readonly meaning: string } => ({
  meaning: meaningOfDeath({
    reason,
    ...(code === undefined ? {} : { code }),
    ...(row === undefined ? {} : { row }),
  }),
});

function endedFacts({ ended, index, job, jobIndex }: EndedPlace): Facts {
  const { lane, enqueuedAt, at, attempts, code, groupId, notes, end } = ended;
  const { campaign } = notes;
  const common = {
    ...(job ? jobFacts(job, jobIndex) : {}),
    at,
    lane,
    enqueuedAt,
    attempts,
    ...(campaign === undefined ? {} : { campaign }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(index === undefined ? { messages: ended.n, parts: ended.parts } : noted(ended, index)),
  };
  if (end === 'accepted') return { ...common, ...reportFacts(reportOf(ended, index)) };
  const reason = end === 'cancelled' ? 'cancelled' : notes.reason;
  const mayHaveArrived = notes.mayHaveArrived ? ({ mayHaveArrived: true } as const) : {};
  return {
    ...common,
    ...deathFacts({
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
      ...mayHaveArrived,
    }),
  };
}

/** What was noted of one message beside its end. */
function noted({ n, parts, notes }: Ended, index: number): Omit<Facts, 'state'> {
  const { keys, meta, mask } = notes;
  const key = keys?.[index] ?? undefined;
  const own = isMetaOfEach(meta) ? (meta[index] ?? undefined) : meta;
  // Of messages of different texts nobody has noted which has how many.
  const each = n === 1 || parts === n ? { parts: parts / n } : {};
  return {
    ...each,
    ...(key === undefined ? {} : { key }),
    ...(own === undefined ? {} : { meta: own }),
    ...(mask === undefined ? {} : { to: mask }),
  };
}

type Report = Reported | undefined;

/** Of several messages the one that is worst off; none where one of them has none. */
function reportOf({ reports, n }: Ended, index: number | undefined): Report {
  if (index !== undefined) return reports[index];
  if (reports.length < n || reports.includes(undefined)) return undefined;
  const worst = (['failed', 'expired', 'unconfirmed', 'delivered'] as const).find((state) =>
    reports.some((report) => report?.state === state),
  );
  return reports.find((report) => report?.state === worst);
}

function reportFacts(report: Report): Pick<Facts, 'state'> & Partial<Facts> {
  if (!report) return { state: 'accepted' };
  const { at, status } = report;
  const code = status === undefined ? {} : { code: status };
  switch (report.state) {
    case 'delivered':
      return { state: 'delivered', at, deliveredAt: at };
    case 'failed':
      return { state: 'failed', at, ...code, meaning: reported('could not be delivered', status) };
    case 'expired':
      return { state: 'failed', at, ...code, meaning: reported('was not delivered in time', status) };
    case 'unconfirmed':
      return { state: 'unconfirmed', at, ...code, meaning: messageStates.unconfirmed };
  }
}

const reported = (what: string, status: string | undefined): string =>
  `JetSMS reports that it ${what}${status === undefined ? '' : ` (status ${status})`}`;
