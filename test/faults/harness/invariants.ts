import type { CampaignProgress } from '../../../src/queue/campaign.ts';
import type { HistoryEntry } from '../../../src/queue/journal.ts';
import type { Case, DeadLetterSeen, Evidence, JobSeen } from './evidence.ts';
import { secretWord } from './load.ts';
import type { LogLine } from './workers.ts';

/** Something that must never happen, and did. */
export interface Violation {
  readonly rule: string;
  /** The message that it happened to, where it is one. */
  readonly of?: Case;
  readonly detail: string;
}

type CaseRule = (one: Case) => string | undefined;

/** What must hold for every message, whatever was done to the workers. Each says what is wrong, or nothing. */
const caseRules: Readonly<Record<string, CaseRule>> = {
  'a message ends as accepted or as a dead letter, exactly one of the two': ({ jobs, deadLetters }) => {
    if (jobs.length === 0) return 'its send job is gone';
    const open = jobs.filter(({ state }) => state !== 'completed' && state !== 'failed');
    if (open.length > 0) return `its send job is still ${open[0]?.state}`;
    const ended = acceptedIn(jobs).length;
    if (ended + deadLetters.length === 1) return undefined;
    return `${ended} times accepted, ${deadLetters.length} dead letters`;
  },
  'what the queue calls accepted, the provider has accepted under that group id': ({ jobs, accepted }) => {
    const wrong = acceptedIn(jobs).find(({ groupId }) => !accepted.some((one) => one.groupId === groupId));
    return wrong && `the provider knows no group id ${wrong.groupId} for it`;
  },
  'a message of `park` is accepted once at most': (one) =>
    one.message.whenUncertain === 'park' && one.accepted.length > 1
      ? `accepted ${one.accepted.length} times`
      : undefined,
  'a message of `resend` is accepted once more at most for each counted resend': (one) => {
    const resends = one.jobs.reduce(
      (sum, job) => sum + job.journal.resends - (job.data.before?.resends ?? 0),
      0,
    );
    if (one.message.whenUncertain === 'park' || one.accepted.length <= 1 + resends) return undefined;
    return `accepted ${one.accepted.length} times, counted resends ${resends}`;
  },
  'a dead letter that was surely not taken was not taken': ({ deadLetters, accepted }) => {
    const sure = deadLetters.find(({ letter }) => !letter.mayHaveArrived);
    return sure && accepted.length > 0 ? `dead as ${sure.letter.reason}, and accepted` : undefined;
  },
  'an accepted reply that a worker has seen is not left as a dead letter': ({ deadLetters, lines }) => {
    const [letter] = deadLetters;
    const seen = letter && lines.find(({ id, outcome }) => id === letter.id && outcome === 'accepted');
    return seen && letter ? `dead as ${letter.letter.reason}, but a worker saw ${seen.msg}` : undefined;
  },
  'every acceptance is explained by a request that the workers know of': ({ jobs, accepted, lines }) => {
    const known = jobs.reduce((sum, job) => sum + requestsThatMayBeAccepted(job, lines), 0);
    return accepted.length > known ? `accepted ${accepted.length} times by ${known} requests` : undefined;
  },
  'a request whose acceptance a worker saw was accepted': ({ accepted, lines }) => {
    // Of a canary's job one message went: the line says nothing of the others.
    const wrong = lines.find(
      ({ outcome, groupId, messages = 1, travelled = messages }) =>
        outcome === 'accepted' &&
        travelled >= messages &&
        groupId &&
        !accepted.some((one) => one.groupId === groupId),
    );
    return wrong && `group id ${wrong.groupId} is not the provider's`;
  },
  'a message that the provider must refuse is refused, and no other for its sake': ({
    message,
    deadLetters,
  }) => {
    const isRefused = deadLetters.some(({ letter }) => letter.code === '85');
    if (isRefused && !message.isTooLong) return 'dead with code 85, though it is short enough';
    return undefined;
  },
  'no hold and no deferral uses an attempt': ({ jobs }) => {
    const wrong = jobs.find(({ data, journal: { attempts, history } }) => {
      const used = attempts - (data.before?.attempts ?? 0);
      return used > lastNumber(history) - free(history);
    });
    return wrong && `${wrong.journal.attempts} attempts used by ${wrong.journal.history.length} requests`;
  },
};

/** The jobs that say that the message was accepted. */
export const acceptedIn = (jobs: readonly JobSeen[]): readonly JobSeen[] =>
  jobs.filter(({ state, groupId }) => state === 'completed' && groupId !== undefined);

const lastNumber = (history: readonly HistoryEntry[]): number => history.at(-1)?.n ?? 0;

const free = (history: readonly HistoryEntry[]): number =>
  history.filter(({ verdict }) => verdict === 'hold' || verdict === 'defer').length;

/** Requests of one job that were accepted or may have been: by its journal and by the logs, each counted once. */
function requestsThatMayBeAccepted({ id, journal, state }: JobSeen, lines: readonly LogLine[]): number {
  const mayBe = (outcome: string | undefined): boolean => outcome === 'accepted' || outcome === 'uncertain';
  const written = journal.history.filter(({ outcome }) => mayBe(outcome)).length;
  const logged = lines.filter((line) => line.id === id && line.verdict && mayBe(line.outcome)).length;
  // The end of a resend message is not in its journal.
  const end = state === 'completed' && journal.settled === undefined ? 1 : 0;
  return Math.max(written + end, logged);
}

type WholeRule = (evidence: Evidence) => string | undefined;

/** What must hold for all of it together. */
const wholeRules: Readonly<Record<string, WholeRule>> = {
  'nothing is in the queues that nobody has enqueued': ({ strays }) =>
    strays.length > 0 ? `${strays.length} jobs: ${strays.slice(0, 3).join(', ')}` : undefined,
  'campaigns count each of their messages once': ({ campaigns, cases }) => {
    const wrong = campaigns.flatMap((campaign) => campaignProblem(campaign, cases) ?? []);
    return wrong[0];
  },
  'second texts are counted as resent': ({ cases, lines }) => {
    const second = cases
      .filter(({ message }) => message.whenUncertain === 'resend')
      .reduce((sum, { accepted }) => sum + Math.max(0, accepted.length - 1), 0);
    const counted = resentMessagesOf(lines);
    return second > counted ? `${second} second texts, ${counted} counted` : undefined;
  },
  'no number and no text is in a log line': ({ lines, cases }) => {
    const [some] = cases;
    if (!some) return undefined;
    const area = some.message.to.slice(0, 5);
    const number = new RegExp(`(?<!\\d)${area}\\d{7}(?!\\d)`);
    const wrong = lines
      .map((line) => JSON.stringify(line))
      .find((line) => line.includes(secretWord) || number.test(line));
    return wrong;
  },
  'nothing threw that should not throw': ({ lines }) => {
    const wrong = lines.find(({ msg }) => msg === 'unexpected.error');
    return wrong && JSON.stringify(wrong);
  },
};

function campaignProblem(campaign: CampaignProgress | undefined, cases: readonly Case[]): string | undefined {
  if (!campaign) return 'a campaign is not known';
  const own = cases.filter(({ message }) => message.campaign === campaign.id);
  const accepted = own.filter(({ jobs }) => acceptedIn(jobs).length > 0).length;
  const dead = Object.values(campaign.dead).reduce((sum, count) => sum + count, 0);
  if (campaign.messages === own.length && campaign.accepted === accepted && dead === own.length - accepted)
    return undefined;
  return `${own.length} messages, ${accepted} accepted, but it says ${JSON.stringify(campaign)}`;
}

/** Attempts after which the message goes out again although it may have been taken; a late one decides nothing. */
export const resentOf = (lines: readonly LogLine[]): number => resentLines(lines).length;

/** The same in messages: there is one line, and one count, for a job of many. */
export const resentMessagesOf = (lines: readonly LogLine[]): number =>
  resentLines(lines).reduce((sum, { messages = 1 }) => sum + messages, 0);

const resentLines = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.filter(({ verdict, rule, late }) => verdict === 'retry' && rule === 'uncertain: resend' && !late);

/** Everything that is broken, message by message first. */
export function violationsOf(evidence: Evidence): readonly Violation[] {
  const ofCases = evidence.cases.flatMap((one) =>
    Object.entries(caseRules).flatMap(([rule, check]): Violation[] => {
      const detail = check(one);
      return detail === undefined ? [] : [{ rule, of: one, detail }];
    }),
  );
  const ofWhole = Object.entries(wholeRules).flatMap(([rule, check]): Violation[] => {
    const detail = check(evidence);
    return detail === undefined ? [] : [{ rule, detail }];
  });
  return [...ofCases, ...ofWhole];
}

/** The whole history of one message, for a person. */
export function storyOf({ message, jobs, deadLetters, accepted, lines }: Case): string {
  const show = (value: unknown): string => `  ${JSON.stringify(value)}`;
  return [
    `a message (${message.lane}, ${message.whenUncertain}${message.campaign ? ', of a campaign' : ''})`,
    ' send jobs:',
    ...jobs.map(({ data: { origin, to }, ...job }) => show({ ...job, messages: to.length, origin })),
    ' dead letters:',
    ...deadLetters.map(({ id, letter: { job: _job, ...letter } }: DeadLetterSeen) => show({ id, ...letter })),
    ' the provider accepted:',
    ...accepted.map(({ groupId, at }) => show({ groupId, at: new Date(at).toISOString() })),
    ' the workers said:',
    ...lines.map(show),
  ].join('\n');
}
