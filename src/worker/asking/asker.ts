import { spellingOf } from '../../jetsms/number-spelling.ts';
import type { Answer } from '../verdict/decide.ts';
import type { Control } from './control.ts';
import type { Found, Inquire, Inquiry } from './inquiry.ts';

/** A message whose request got no answer. */
export interface Doubt {
  /** The id that it had in that request. */
  readonly wireId: string;
  /** Its number, in the provider's form. */
  readonly to: string;
}

/** Asks JetSMS about messages of one account; a few questions at a time, over connections of its own. */
export interface Asker {
  /**
   * What JetSMS says of each message, in order. `busy`: not asked, since questions before it take long, or the worker ends.
   * @param isUrgent asked although many wait
   */
  ask(doubts: readonly Doubt[], isUrgent: boolean): Promise<readonly Answer[] | 'busy'>;
  /** Asks no more; those who wait learn that it is busy. */
  stop(): void;
}

export interface AskerOptions {
  readonly inquire: Inquire;
  readonly control: Control;
  /** Questions under way at a time. */
  readonly questionsAtOnce: number;
  /** Jobs that may wait for a question while questions are slow: each keeps one of its lane's hands. */
  readonly mostWaiting: number;
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
  readonly onUnexpected: (error: unknown) => void;
}

/** The most ids of one question. Our choice: what JetSMS takes is not public. */
const mostIds = 100;

/** A question that takes longer shows that JetSMS is slow to answer. */
const slowMs = 1_000;

interface Waiting {
  readonly doubts: readonly Doubt[];
  readonly settle: (answers: readonly Answer[] | 'busy') => void;
}

export function createAsker(options: AskerOptions): Asker {
  const { questionsAtOnce, mostWaiting, clock } = options;
  const waiting: Waiting[] = [];
  /** When each of the questions under way began. */
  const underWay = new Map<symbol, { readonly since: number; readonly group: readonly Waiting[] }>();
  let turn: NodeJS.Immediate | undefined;
  let isStopped = false;

  const isSlow = (): boolean => [...underWay.values()].some(({ since }) => clock() - since > slowMs);
  const inHand = (): number =>
    [...underWay.values()].reduce((sum, { group }) => sum + group.length, waiting.length);

  const pump = (): void => {
    turn = undefined;
    while (waiting.length > 0 && underWay.size < questionsAtOnce && !isStopped)
      void begin(takeGroup(waiting));
  };
  const begin = async (group: readonly Waiting[]): Promise<void> => {
    const key = Symbol('question');
    underWay.set(key, { since: clock(), group });
    const doubts = group.flatMap((one) => one.doubts);
    const answers = await answersTo(doubts, options).catch((error) => {
      options.onUnexpected(error);
      return doubts.map(() => noAnswer);
    });
    underWay.delete(key);
    let first = 0;
    for (const { doubts: own, settle } of group) {
      settle(answers.slice(first, first + own.length));
      first += own.length;
    }
    pump();
  };

  return {
    ask(doubts, isUrgent) {
      if (isStopped || (!isUrgent && isSlow() && inHand() >= mostWaiting)) return Promise.resolve('busy');
      return new Promise((settle) => {
        waiting.push({ doubts, settle });
        // In this turn of the event loop, but after all that come together.
        turn ??= setImmediate(pump);
      });
    },
    stop() {
      isStopped = true;
      clearImmediate(turn);
      for (const { settle } of waiting.splice(0)) settle('busy');
      for (const { group } of underWay.values()) for (const { settle } of group) settle('busy');
    },
  };
}

/** As many jobs as fit into one question; at least one, however large it is. */
function takeGroup(waiting: Waiting[]): readonly Waiting[] {
  let ids = 0;
  const over = waiting.findIndex(({ doubts }, index) => {
    ids += doubts.length;
    return index > 0 && ids > mostIds;
  });
  return waiting.splice(0, over === -1 ? waiting.length : over);
}

const noAnswer: Answer = { kind: 'no-answer' };
const notFound: Answer = { kind: 'not-found' };

/** Nothing is found where JetSMS would say the same of an id that nobody has used. */
async function answersTo(
  doubts: readonly Doubt[],
  { inquire, control }: Pick<AskerOptions, 'inquire' | 'control'>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < doubts.length; from += mostIds)
    answers.push(...(await answersTogether(doubts.slice(from, from + mostIds), inquire)));
  const at = answers.findIndex(({ kind }) => kind === 'found');
  const wireId = doubts[at]?.wireId;
  if (wireId === undefined || (await control.isTrustworthy(wireId))) return answers;
  return answers.map(() => noAnswer);
}

/** Where JetSMS refuses a question about several ids, one of them may be why: it is asked about fewer. */
async function answersTogether(doubts: readonly Doubt[], inquire: Inquire): Promise<readonly Answer[]> {
  const inquiry = await inquire(doubts.map(({ wireId }) => wireId));
  if (inquiry.kind === 'rows') return doubts.map((doubt) => answerAbout(doubt, inquiry.found));
  if (doubts.length === 1 || !mayBeByOne(inquiry)) return doubts.map(() => noAnswer);
  const middle = Math.ceil(doubts.length / 2);
  return [
    ...(await answersTogether(doubts.slice(0, middle), inquire)),
    ...(await answersTogether(doubts.slice(middle), inquire)),
  ];
}

const mayBeByOne = (inquiry: Inquiry): boolean =>
  inquiry.kind === 'no-answer' && inquiry.refusedBy !== undefined;

/** An id that JetSMS knows with another number is another message's. */
function answerAbout({ wireId, to }: Doubt, found: readonly Found[]): Answer {
  const row = found.find(({ id, number }) => id === wireId && isNumberOf(number, to));
  return row ? { kind: 'found', status: row.status } : notFound;
}

/** A row may lack the number; its id is ours all the same. */
const isNumberOf = (number: string, to: string): boolean =>
  number.trim() === '' || spellingOf(number) === spellingOf(to);
