import type { Answer } from '../verdict/decide.ts';

/** A message whose request got no answer, and what may tell JetSMS which one it is. It holds number and text: never logged. */
export interface Doubt {
  /** The ids that it had on its way, that of the last request first. */
  readonly wireIds: readonly string[];
  /** In the provider's form. */
  readonly to: string;
  readonly title: string;
  readonly text: string;
  /** When the last request began, epoch milliseconds. */
  readonly since: number;
  /** No other message of its job has the same number and text. */
  readonly isUnique: boolean;
}

/** A way to ask JetSMS about messages: an answer for each, in order. Never throws for what the network or JetSMS does. */
export type AnswersTo = (doubts: readonly Doubt[]) => Promise<readonly Answer[]>;

/** `busy`: the questions before it take long. `stopped`: the worker ends. */
export type NotAsked = 'busy' | 'stopped';

export interface Urgency {
  /** Asked before those that are not: somebody waits for the message. */
  readonly goesFirst?: boolean;
  /** Asked although many wait: there is no later question. */
  readonly isLast?: boolean;
}

/** Asks JetSMS about messages of one account: a few questions at a time, which wait for no request and keep none waiting. */
export interface Asker {
  /** What JetSMS says of each message, in order; or why it was not asked. */
  ask(doubts: readonly Doubt[], urgency?: Urgency): Promise<readonly Answer[] | NotAsked>;
  /** Asks no more; those who wait for an answer go without. */
  stop(): void;
}

export interface AskerOptions {
  readonly answersTo: AnswersTo;
  /** Messages of several jobs that one question may be about. */
  readonly mostTogether: number;
  /** Questions under way at a time. */
  readonly questionsAtOnce: number;
  /** Jobs that may wait for a question while questions are slow: each keeps one of its lane's hands. */
  readonly mostWaiting: number;
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
  readonly onUnexpected: (error: unknown) => void;
}

/** A question that takes longer shows that JetSMS is slow to answer. */
const slowMs = 1_000;

/** Those that go first stand in front. */
interface Waiting {
  readonly doubts: readonly Doubt[];
  readonly goesFirst: boolean;
  readonly settle: (answers: readonly Answer[] | NotAsked) => void;
}

export function createAsker(options: AskerOptions): Asker {
  const { questionsAtOnce, mostTogether, mostWaiting, clock } = options;
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
      void begin(takeGroup(waiting, mostTogether));
  };
  const begin = async (group: readonly Waiting[]): Promise<void> => {
    const key = Symbol('question');
    underWay.set(key, { since: clock(), group });
    const doubts = group.flatMap((one) => one.doubts);
    const answers = await options.answersTo(doubts).catch((error): readonly Answer[] => {
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
    ask(doubts, { goesFirst = false, isLast = false } = {}) {
      if (isStopped) return Promise.resolve('stopped');
      if (!isLast && isSlow() && inHand() >= mostWaiting) return Promise.resolve('busy');
      return new Promise((settle) => {
        const one = { doubts, goesFirst, settle };
        if (goesFirst) waiting.splice(waiting.filter((other) => other.goesFirst).length, 0, one);
        else waiting.push(one);
        // In this turn of the event loop, but after all that come together.
        turn ??= setImmediate(pump);
      });
    },
    stop() {
      isStopped = true;
      clearImmediate(turn);
      for (const { settle } of waiting.splice(0)) settle('stopped');
      for (const { group } of underWay.values()) for (const { settle } of group) settle('stopped');
    },
  };
}

const noAnswer: Answer = { kind: 'no-answer' };

/** As many jobs as fit into one question; at least one, however large it is. */
function takeGroup(waiting: Waiting[], mostTogether: number): readonly Waiting[] {
  let messages = 0;
  const over = waiting.findIndex(({ doubts }, index) => {
    messages += doubts.length;
    return index > 0 && messages > mostTogether;
  });
  return waiting.splice(0, over === -1 ? waiting.length : over);
}
