import type { ReportBook } from './report-book.ts';
import { messagesAskedAbout, type ReportQuestion } from './report-question.ts';

/** What questions for reports are counted by: the id that was asked for, or the number that an answer is about. */
export const questionKeys = ['groupId', 'messageId', 'to'] as const;
export type QuestionKey = (typeof questionKeys)[number];

/** How often was asked about what, answered or not. */
export interface QuestionTally {
  asked(question: ReportQuestion, book: ReportBook): void;
  counts(by: QuestionKey): ReadonlyMap<string, number>;
  reset(): void;
}

export function createQuestionTally(): QuestionTally {
  const counts = { groupId: new Map(), messageId: new Map(), to: new Map() } satisfies Record<
    QuestionKey,
    Map<string, number>
  >;
  const increment = (by: QuestionKey, key: string) => {
    const keyed: Map<string, number> = counts[by];
    keyed.set(key, (keyed.get(key) ?? 0) + 1);
  };
  return {
    asked(question, book) {
      const { topic } = question;
      if (topic.kind === 'group') increment('groupId', topic.groupId);
      if (topic.kind === 'own-ids') for (const id of topic.messageIds) increment('messageId', id);
      for (const { message } of messagesAskedAbout(book, question)) increment('to', message.to);
    },
    counts: (by) => counts[by],
    reset() {
      for (const by of questionKeys) counts[by].clear();
    },
  };
}
