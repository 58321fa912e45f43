import type { Reported, ReportedState } from '../queue/ended-state.ts';
import type { DeadReason, HistoryEntry, Journal } from '../queue/journal.ts';
import { mayBeTaken } from '../status/cancel.ts';
import { type Ends, endAs, endCancelledCampaign, messagesAt, report } from './ends.ts';
import { FakeError } from './errors.ts';
import type { FoundJob, StoredMessage } from './memory.ts';

/** The words for what a message can come to; an object says more. */
export type FakeEndName = FakeEnd['end'];

/**
 * What becomes of a message:
 * - `sending`: a request is under way; `asking`: it got no answer, and JetSMS is asked; `refused`: it is tried again later.
 * - `accepted`: JetSMS has it.
 * - `delivered`, `failed`, `expired`, `unconfirmed`: what JetSMS reports of an accepted message. One that is not accepted yet is
 *   accepted first.
 * - `dead`: it is given up, for a reason, with JetSMS's code.
 */
export type FakeEnd =
  | { readonly end: 'sending' | 'asking' }
  | { readonly end: 'refused'; readonly code?: string }
  | { readonly end: 'accepted'; readonly groupId?: string }
  | { readonly end: ReportedState; readonly status?: string; readonly groupId?: string }
  | {
      readonly end: 'dead';
      /** Default `terminal`. One that is called off is so by `cancel()` or `setCampaign()`. */
      readonly reason?: Exclude<DeadReason, 'cancelled'>;
      /** JetSMS's code, `http-401`, or a cause. */
      readonly code?: string;
      readonly mayHaveArrived?: true;
    };

/** JetSMS's codes where a test names none: XML null, and a text that is not allowed. */
const defaultRefusal = '90';
const defaultDeath = '85';

/** As JetSMS gives them: digits. */
const newGroupId = (memory: Ends['memory']): string => String(100_000_000_000_000 + memory.nextOrder());

/** JetSMS's status in reports. */
const statusOf: Readonly<Record<ReportedState, string | undefined>> = {
  delivered: '1',
  failed: '3',
  expired: '4',
  unconfirmed: undefined,
};

/**
 * Lets a message, or all of a job, come to an end, or a step further.
 * @throws FakeError FAKE_END_IMPOSSIBLE
 */
export function deliver(ends: Ends, found: FoundJob, end: FakeEnd): void {
  switch (end.end) {
    case 'sending':
    case 'asking':
    case 'refused':
      step(ends, openOf(found, end), end);
      // A worker that takes it for its next attempt sees what became of its campaign.
      if (found.stored.job.campaign !== undefined) endCancelledCampaign(ends, found.stored.job.campaign);
      return;
    case 'accepted':
      accept(ends, found, end);
      return;
    case 'dead':
      die(ends, { found, open: openOf(found, end) }, end);
      return;
    case 'delivered':
    case 'failed':
    case 'expired':
    case 'unconfirmed':
      if (messagesAt(found).some(([, { end: kept }]) => kept?.ended.end !== 'accepted'))
        accept(ends, found, end);
      checkUnreported(found, end);
      report(ends, found, reportedOf(end, ends.memory.now()));
      return;
    default:
      // Tests are not always written in TypeScript.
      throw new FakeError('FAKE_END_IMPOSSIBLE', 'Asked for: nothing that docs/testing.md names.');
  }
}

type Messages = readonly StoredMessage[];

/** @throws FakeError where one of them has ended */
function openOf(found: FoundJob, { end }: FakeEnd): Messages {
  const messages = messagesAt(found).map(([, message]) => message);
  const ended = messages.find((message) => message.end);
  if (ended) throw impossible(end, ended);
  return messages;
}

const impossible = (end: FakeEndName, { end: kept }: StoredMessage): FakeError =>
  new FakeError('FAKE_END_IMPOSSIBLE', `Asked for: ${end}. It is: ${kept?.ended.end ?? 'waiting'}.`);

/** Something that was not the end. */
function step(
  ends: Ends,
  messages: Messages,
  end: Extract<FakeEnd, { readonly end: 'sending' | 'asking' | 'refused' }>,
): void {
  const at = ends.memory.now();
  for (const message of messages) {
    const { sending: _sending, asking: _asking, ...rest } = message.journal;
    if (end.end === 'sending') message.journal = { ...rest, sending: { at, worker: 'fake' } };
    else if (end.end === 'refused')
      message.journal = tried(rest, {
        at,
        outcome: 'refused',
        code: end.code ?? defaultRefusal,
        verdict: 'retry',
      });
    else {
      const asking = { since: at, cause: 'reply-timeout', until: at + 3_600_000, asked: 0 };
      message.journal = {
        ...tried(rest, { at, outcome: 'uncertain', code: 'reply-timeout', verdict: 'ask' }),
        asking,
      };
    }
  }
}

/** The journal after a request. */
function tried(journal: Journal, entry: Omit<HistoryEntry, 'n'>): Journal {
  const { sending: _sending, asking: _asking, ...rest } = journal;
  const n = (journal.history.at(-1)?.n ?? 0) + 1;
  return { ...rest, attempts: journal.attempts + 1, history: [...journal.history, { n, ...entry }] };
}

function accept(
  ends: Ends,
  found: FoundJob,
  { end, groupId }: { readonly end: FakeEndName; readonly groupId?: string },
): void {
  const messages = messagesAt(found).map(([, message]) => message);
  const impossibleOne = messages.find(({ end: kept }) => kept && kept.ended.notes.reason !== 'uncertain');
  if (impossibleOne) throw impossible(end, impossibleOne);
  const [first] = messages;
  if (!first) return;
  const at = ends.memory.now();
  const late = first.end ? ({ late: true } as const) : {};
  const settled = { end: 'accepted', at, groupId: groupId ?? newGroupId(ends.memory), ...late } as const;
  const journal = tried(first.journal, { at, outcome: 'accepted', code: '00', verdict: 'complete', ...late });
  endAs(ends, found, { settled, journal: { ...journal, settled } });
}

interface Open {
  readonly found: FoundJob;
  readonly open: Messages;
}

type Death = Extract<FakeEnd, { readonly end: 'dead' }>;

function die(ends: Ends, { found, open: [first] }: Open, death: Death): void {
  if (!first) return;
  const at = ends.memory.now();
  const { reason = 'terminal' } = death;
  const code = death.code ?? codesOfDeath[reason];
  const outcome = outcomesOfDeath[reason];
  const mayHaveArrived = death.mayHaveArrived ?? reason === 'uncertain';
  const settled = {
    end: 'dead',
    at,
    reason,
    ...(code === undefined ? {} : { code }),
    ...(mayHaveArrived || mayBeTaken(first.journal, {}) ? { mayHaveArrived: true as const } : {}),
  } as const;
  const entry = outcome && { at, outcome, code: code ?? reason, verdict: 'dead-letter' };
  const journal = entry ? tried(first.journal, entry) : first.journal;
  endAs(ends, found, { settled, journal: { ...journal, settled } });
}

type Reason = NonNullable<Death['reason']>;

/** How the last request ended; none where a message is given up without one. */
const outcomesOfDeath: Readonly<Record<Reason, HistoryEntry['outcome'] | undefined>> = {
  terminal: 'refused',
  'unknown-code': 'refused',
  exhausted: 'unsent',
  uncertain: 'uncertain',
  expired: undefined,
  invalid: undefined,
};

const codesOfDeath: Readonly<Record<Reason, string | undefined>> = {
  terminal: defaultDeath,
  'unknown-code': '999',
  exhausted: 'connection-refused',
  uncertain: 'reply-timeout',
  expired: undefined,
  invalid: undefined,
};

/** @throws FakeError where JetSMS has had its last word on one of them */
function checkUnreported(found: FoundJob, { end }: FakeEnd): void {
  for (const [, message] of messagesAt(found)) {
    const known = message.end?.ended.reports[message.indexInEnd];
    if (known)
      throw new FakeError(
        'FAKE_END_IMPOSSIBLE',
        `Asked for: ${end}. It is reported already: ${known.state}.`,
      );
  }
}

type Report = Extract<FakeEnd, { readonly end: ReportedState }>;

function reportedOf({ end, status = statusOf[end] }: Report, at: number): Reported {
  return { state: end, at, ...(status === undefined ? {} : { status }) };
}
