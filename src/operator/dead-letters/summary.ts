import { type StoredDeadLetter, sizeOf } from '../../queue/stored-dead-letter.ts';
import { type LeftOut, leftOut } from './replay.ts';

/** How many letters, messages and SMS parts. */
export interface Amount {
  readonly letters: number;
  readonly messages: number;
  readonly parts: number;
}

/** What lies in a set of dead letters. */
export interface DeadLetterSummary extends Amount {
  /** By reason and code, the largest first. */
  readonly groups: readonly (Amount & { readonly reason: string; readonly code?: string })[];
  /** What a replay leaves out unless it is asked for (`invalid`: always). */
  readonly leftOut: Readonly<Record<LeftOut, number>>;
}

/** Sums letters up. */
export async function summarize(letters: AsyncIterable<StoredDeadLetter>): Promise<DeadLetterSummary> {
  const total = newAmount();
  const groups = new Map<string, ReturnType<typeof newAmount> & { reason: string; code?: string }>();
  const left = { expired: 0, uncertain: 0, cancelled: 0, invalid: 0 };
  for await (const stored of letters) {
    const { reason, code } = stored.letter;
    const key = `${reason} ${code ?? ''}`;
    const group = groups.get(key) ?? { reason, ...(code === undefined ? {} : { code }), ...newAmount() };
    groups.set(key, group);
    for (const amount of [total, group]) addTo(amount, stored);
    const why = leftOut(stored, {});
    if (why) left[why] += 1;
  }
  return {
    ...total,
    groups: [...groups.values()].sort((a, b) => b.messages - a.messages),
    leftOut: left,
  };
}

const newAmount = () => ({ letters: 0, messages: 0, parts: 0 });

function addTo(amount: ReturnType<typeof newAmount>, stored: StoredDeadLetter): void {
  const { messages, parts } = sizeOf(stored);
  amount.letters += 1;
  amount.messages += messages;
  amount.parts += parts;
}
