import { keepReportsDefaults, optionDefaults, type SimulatorOptions } from './options.ts';
import { createQuestionTally, type QuestionTally } from './question-tally.ts';
import { createReportBook, type ReportBook } from './report-book.ts';
import { changeReports, type ReportChange, type ReportSettings, reportDefaults } from './report-settings.ts';

/** What becomes of accepted messages, and what was asked about them. */
export interface Reports {
  settings(): ReportSettings;
  change(change: ReportChange): void;
  readonly book: ReportBook;
  readonly questions: QuestionTally;
  /** Whether the account has used an own id; undefined where a repeated one is taken like any other. */
  usedIds(username: string): ((messageId: string) => boolean) | undefined;
  /** Back to how they were made, nothing known and nothing asked. */
  reset(): void;
}

export function createReports(options: SimulatorOptions): Reports {
  const { seed = optionDefaults.seed, keep = optionDefaults.keep, now = Date.now } = options;
  const first = changeReports(reportDefaults, options.reports ?? {});
  let current = first;
  const settings = () => current;
  const limit = options.keepReports ?? keepReportsDefaults[keep];
  const book = createReportBook({ seed, now, settings, limit });
  const questions = createQuestionTally();

  return {
    settings,
    change(change) {
      current = changeReports(current, change);
    },
    book,
    questions,
    usedIds(username) {
      if (current.repeatedId === 'taken') return undefined;
      return (messageId) => book.byOwnId(messageId).some(({ message }) => message.username === username);
    },
    reset() {
      book.clear();
      questions.reset();
      current = first;
    },
  };
}
