import type { CampaignProgress } from '../../../src/queue/campaign.ts';
import type { HistoryEntry } from '../../../src/queue/journal.ts';
import type { Case, Evidence, JobSeen } from './evidence.ts';
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
  'a message ends as accepted, as a dead letter, or called off: exactly one of the three': ({
    jobs,
    deadLetters,
    status,
  }) => {
    if (status === 'cancelled' && jobs.length + deadLetters.length === 0) return undefined;
    if (jobs.length === 0) return 'its send job is gone';
    const open = jobs.filter(({ state }) => state !== 'completed' && state !== 'failed');
    if (open.length > 0) return `its send job is still ${open[0]?.state}`;
    const ended = acceptedIn(jobs).length;
    if (ended + deadLetters.length === 1) return undefined;
    return `${ended} times accepted, ${deadLetters.length} dead letters`;
  },
  'a message that was called off is not taken, and one that was not is not said to be': ({
    message: { calledOff },
    accepted,
    deadLetters,
    status,
  }) => {
    if (!calledOff) return undefined;
    const { told } = calledOff;
    const first = told.indexOf('cancelled');
    if (first >= 0 && told.slice(first).some((answer) => answer !== 'cancelled'))
      return `callers were told ${told.join(', ')}`;
    if (first >= 0 && status !== 'cancelled') return `called off, but it is ${status}`;
    if (status !== 'cancelled' || accepted.length + deadLetters.length === 0) return undefined;
    return `called off, accepted ${accepted.length} times, ${deadLetters.length} dead letters`;
  },
  'what the queue calls accepted, the provider has accepted under that group id': ({ jobs, accepted }) => {
    const knows = (groupId: string | undefined): boolean =>
      accepted.some((one) => groupId === undefined || one.groupId === groupId);
    const wrong = acceptedIn(jobs).find(({ acceptance }) => !knows(acceptance?.groupId));
    return wrong && `the provider knows no group id ${wrong.acceptance?.groupId} for it`;
  },
  'a message of `park` is accepted once at most': (one) =>
    one.message.whenUncertain === 'park' && one.accepted.length > 1
      ? `accepted ${one.accepted.length} times`
      : undefined,
  'a message of `resend` is accepted once more at most for each counted resend': (one) => {
    const resends = one.jobs.reduce((sum, job) => sum + job.resends, 0);
    if (one.message.whenUncertain === 'park' || one.accepted.length <= 1 + resends) return undefined;
    return `accepted ${one.accepted.length} times, counted resends ${resends}`;
  },
  'a dead letter that was surely not taken was not taken': ({ deadLetters, accepted }) => {
    const sure = deadLetters.find(({ letter }) => !letter.mayHaveArrived);
    return sure && accepted.length > 0 ? `dead as ${sure.letter.reason}, and accepted` : undefined;
  },
  'what nobody can read any more ends as `invalid`, and says that it may have arrived': ({
    message,
    accepted,
    deadLetters,
  }) => {
    if (message.spoilt !== 'before') return undefined;
    const [{ letter } = {}] = deadLetters;
    if (letter?.reason === 'invalid' && letter.mayHaveArrived && accepted.length === 0) return undefined;
    return `dead as ${letter?.reason}, accepted ${accepted.length} times`;
  },
  'an accepted reply that a worker has seen is not left as a dead letter': ({
    message,
    deadLetters,
    lines,
  }) => {
    // The worker may have been killed before the end, and where it had written down the reply nobody can read it.
    if (message.spoilt === 'in hand') return undefined;
    const [letter] = deadLetters;
    const seen =
      letter &&
      lines.find(
        ({ id, outcome, mayBeUntold }) => id === letter.id && outcome === 'accepted' && !mayBeUntold,
      );
    return seen && letter ? `dead as ${letter.letter.reason}, but a worker saw ${seen.msg}` : undefined;
  },
  'every acceptance is explained by a request that the workers know of': ({
    message,
    jobs,
    accepted,
    lines,
  }) => {
    if (message.spoilt === 'in hand') return undefined;
    const known = jobs.reduce((sum, job) => sum + requestsThatMayBeAccepted(job, lines), 0);
    return accepted.length > known ? `accepted ${accepted.length} times by ${known} requests` : undefined;
  },
  'a request whose acceptance a worker saw was accepted': ({ accepted, lines }) => {
    // A job that was divided has a line for all its messages: its pieces tell which of them were accepted.
    const wrong = lines.find(
      ({ outcome, groupId, verdict }) =>
        outcome === 'accepted' &&
        verdict !== 'split' &&
        groupId &&
        !accepted.some((one) => one.groupId === groupId),
    );
    return wrong && `group id ${wrong.groupId} is not the provider's`;
  },
  'a message that the provider must refuse is refused, and no other for its sake': ({
    message: { flaw },
    deadLetters,
    accepted,
  }) => {
    if (flaw && accepted.length > 0) return `accepted, though it must be refused with ${flaw.code}`;
    const refusal = deadLetters.find(({ letter: { code = '' } }) => flawCodes.has(code))?.letter.code;
    return refusal === undefined || refusal === flaw?.code
      ? undefined
      : `dead with code ${refusal}, instead of ${flaw?.code ?? 'accepted'}`;
  },
  'whoever sent it is told the same id, and one at most that it is no duplicate': ({
    message: { told = [] },
  }) => {
    const ids = [...new Set(told.map(({ id }) => id))];
    if (ids.length > 1) return `callers were told ${ids.join(', ')}`;
    const first = told.filter(({ duplicate }) => !duplicate).length;
    return first > 1 ? `${first} callers were told that they have stored it` : undefined;
  },
  'under the id that a caller was told the message is found': ({ message: { told = [] }, jobs, status }) => {
    if (status === 'cancelled') return undefined;
    const wrong = told.find(({ id }) => jobs.every(({ messageId }) => messageId !== id));
    return wrong && `a caller was told ${wrong.id}, which is not its id`;
  },
  'subscribers are told of its end': ({ jobs, deadLetters: [dead], events }) => {
    const told = events.map(({ type, reason }) => (reason === undefined ? type : `${type} ${reason}`));
    const end = dead
      ? `${typeOfDeath[dead.letter.reason] ?? 'message.dead'} ${dead.letter.reason}`
      : 'message.accepted';
    if (acceptedIn(jobs).length + (dead ? 1 : 0) === 0 || told.includes(end)) return undefined;
    return `${end} was not told, but ${told.join(', ') || 'nothing'}`;
  },
  'subscribers are told of nothing after a message was accepted but what its reports say': ({
    message,
    events,
  }) => {
    if (message.spoilt) return undefined;
    const after = [...Map.groupBy(events, ({ messageId }) => messageId).values()].flatMap((told) => {
      const first = told.findIndex(({ type }) => type === 'message.accepted');
      return first < 0 ? [] : told.slice(first + 1).filter(({ type }) => ends.has(type));
    });
    return after[0] && `accepted, and then ${after[0].type}`;
  },
  'no hold and no deferral uses an attempt': ({ jobs }) => {
    const wrong = jobs.find(({ data, journal: { attempts, history } }) => {
      const used = attempts - (data.before?.attempts ?? 0);
      return used > lastNumber(history) - free(history);
    });
    return wrong && `${wrong.journal.attempts} attempts used by ${wrong.journal.history.length} requests`;
  },
};

const typeOfDeath: Readonly<Record<string, string>> = {
  uncertain: 'message.uncertain',
  cancelled: 'message.cancelled',
};

const ends: ReadonlySet<string> = new Set(['message.dead', 'message.uncertain', 'message.cancelled']);

/** Codes of messages that are at fault themselves, and none of these is used otherwise here. */
const flawCodes: ReadonlySet<string> = new Set(['31', '80', '85']);

/** The jobs that say that the message was accepted. */
export const acceptedIn = (jobs: readonly JobSeen[]): readonly JobSeen[] =>
  jobs.filter(({ state, acceptance }) => state === 'completed' && acceptance !== undefined);

const lastNumber = (history: readonly HistoryEntry[]): number => history.at(-1)?.n ?? 0;

const free = (history: readonly HistoryEntry[]): number =>
  history.filter(({ verdict }) => verdict === 'hold' || verdict === 'defer').length;

/** Requests of one job that were accepted or may have been: by its journal and by the logs, each counted once. */
function requestsThatMayBeAccepted({ id, journal, state }: JobSeen, lines: readonly LogLine[]): number {
  const mayBe = (outcome: string | undefined): boolean => outcome === 'accepted' || outcome === 'uncertain';
  const written = journal.history.filter(({ outcome, code }) => mayBe(outcome) && !isOfQuestion(code)).length;
  const logged = lines.filter((line) => line.id === id && line.verdict && mayBe(line.outcome)).length;
  // The end of a resend message is not in its journal.
  const end = state === 'completed' && journal.settled === undefined ? 1 : 0;
  return Math.max(written + end, logged);
}

/** What came of asking is no request. */
const isOfQuestion = (code: string): boolean => /^found-|^not-found$|^no-answer$|^part-found$/.test(code);

type WholeRule = (evidence: Evidence) => string | undefined;

/** What must hold for all of it together. */
const wholeRules: Readonly<Record<string, WholeRule>> = {
  'nothing is in the queues that nobody has enqueued': ({ strays }) =>
    strays.length > 0 ? `${strays.length} jobs: ${strays.slice(0, 3).join(', ')}` : undefined,
  'whatever is claimed has its message': ({ orphans }) =>
    orphans.length > 0 ? `${orphans.length} claims without: ${orphans.slice(0, 3).join(', ')}` : undefined,
  'what nobody can read ends as a dead letter `invalid` of its own': ({ unreadable: { jobs, letters } }) => {
    const open = jobs.filter(({ state }) => state !== 'failed');
    const others = letters.filter(({ letter }) => letter.reason !== 'invalid');
    if (open.length === 0 && others.length === 0 && letters.length === jobs.length) return undefined;
    return `${jobs.length} unreadable jobs, ${open.length} of them open; ${letters.length} letters, ${others.length} of them not invalid`;
  },
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

/** Send jobs that went out again although they may have been taken. */
export const resentOf = (lines: readonly LogLine[]): number =>
  lines.reduce((sum, { resent = 0 }) => sum + resent, 0);

/** The same in messages; of a job that was divided all count, since its line does not tell which. */
export const resentMessagesOf = (lines: readonly LogLine[]): number =>
  lines.reduce((sum, { resent = 0, messages = 1 }) => sum + (resent > 0 ? messages : 0), 0);

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
