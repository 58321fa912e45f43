import type { Found, Inquire } from './inquiry.ts';

/** Whether an account answers so that what it says of a message proves something. */
export interface Control {
  /**
   * True where JetSMS answers a question about an id that nobody has ever used otherwise than about a message: only then is
   * a message found. Asks about one such id, unless that was done lately.
   * @param found an id of ours that JetSMS says it knows
   */
  isTrustworthy(found: string): Promise<boolean>;
}

export interface ControlOptions {
  readonly inquire: Inquire;
  /** An id of the form of ours that nobody has used. */
  readonly newId: () => string;
  /** Told each time that what JetSMS says cannot be believed. */
  readonly onInVain: (why: 'found' | 'no-answer') => void;
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
}

/** How long what was seen counts. Our choice: what JetSMS does with an unknown id changes with its versions, not by the minute. */
const goodForMs = 3_600_000;
const badForMs = 30_000;

export function createControl(options: ControlOptions): Control {
  const { clock, onInVain } = options;
  let seen: { readonly isGood: boolean; readonly until: number } | undefined;
  let underWay: Promise<boolean> | undefined;
  const look = async (found: string): Promise<boolean> => {
    const trust = await tryOut(found, options);
    const isGood = trust === 'good';
    seen = { isGood, until: clock() + (isGood ? goodForMs : badForMs) };
    if (!isGood) onInVain(trust);
    return isGood;
  };
  return {
    isTrustworthy(found) {
      if (seen && clock() < seen.until) return Promise.resolve(seen.isGood);
      underWay ??= look(found).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}

/**
 * An unknown id may be answered by a refusal: that is another answer than a message's, too. But a refusal may come of any
 * other trouble; so it counts only where it comes again for another unknown id, after a known one was still found.
 */
async function tryOut(
  found: string,
  { inquire, newId }: ControlOptions,
): Promise<'good' | 'found' | 'no-answer'> {
  const first = await answerAbout(newId(), inquire);
  if (first === 'not-found') return 'good';
  if (typeof first === 'string') return first;
  const known = await answerAbout(found, inquire);
  if (known !== 'found') return 'no-answer';
  const second = await answerAbout(newId(), inquire);
  if (second === 'found' || second === 'no-answer') return second;
  return second === 'not-found' || second.refusedBy === first.refusedBy ? 'good' : 'no-answer';
}

async function answerAbout(
  id: string,
  inquire: Inquire,
): Promise<'found' | 'not-found' | 'no-answer' | { readonly refusedBy: string }> {
  const answer = await inquire([id]);
  if (answer.kind === 'rows') return isFoundIn(answer.found, id) ? 'found' : 'not-found';
  return answer.refusedBy === undefined ? 'no-answer' : { refusedBy: answer.refusedBy };
}

const isFoundIn = (found: readonly Found[], id: string): boolean => found.some((one) => one.id === id);
