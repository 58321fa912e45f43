import { randomBytes } from 'node:crypto';
import { createReportClient, mostIds, type ReportClient } from '../../jetsms/reports.ts';
import { jobIdBytes, newJobId } from '../../message/id.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Telemetry } from '../telemetry.ts';
import type { AskAbility } from '../verdict/uncertain-policy.ts';
import { type AnswersTo, type Asker, createAsker } from './asker.ts';
import { answersByIds } from './by-ids.ts';
import { answersBySearch, mostBySearch } from './by-search.ts';
import { type Control, createControl } from './control.ts';
import { inquireBy } from './inquiry.ts';

/** How messages of an account are asked about whose request got no answer. */
export interface Asking {
  readonly ability: AskAbility;
  readonly asker: Asker;
  /** Whether what JetSMS says of messages proves something; undefined where it is not asked by ids. */
  readonly control: Control | undefined;
  /** Asks no more and closes the connections; whoever waits for an answer goes on without. */
  close(): Promise<void>;
}

export interface AskingOptions {
  readonly account: AccountSettings;
  readonly telemetry: Pick<Telemetry, 'askedInVain' | 'unexpected'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Questions under way at a time in one process. Our choice: few for JetSMS, and each can be about many messages. */
const questionsAtOnce = 2;

const clock = (): number => performance.now();

/** By ids where JetSMS has them; else by a search, where the settings say where. */
export function createAsking(options: AskingOptions): Asking {
  const { account, telemetry, now } = options;
  const client = createReportClient(account, now);
  const end = new AbortController();
  const way = wayOf(client, options, end.signal);
  const { askFirstMs: firstMs, askForMs: forMs, askForOtpMs: forOtpMs, concurrency } = account;
  const asker = createAsker({
    answersTo: way?.answersTo ?? noAnswers,
    mostTogether: way?.mostTogether ?? 1,
    questionsAtOnce,
    mostWaiting: Math.max(1, Math.floor(concurrency / 4)),
    clock,
    onUnexpected: (error) => telemetry.unexpected(error, 'asking'),
  });
  return {
    ability: { mostMessages: way?.mostMessages ?? 0, firstMs, forMs, forOtpMs },
    asker,
    control: way?.control,
    close() {
      asker.stop();
      end.abort();
      return client.close();
    },
  };
}

/** A way to ask about the messages of an account, and how many a job may have. */
interface Way {
  readonly answersTo: AnswersTo;
  readonly mostTogether: number;
  readonly mostMessages: number;
  readonly control?: Control;
}

function wayOf(
  { byIds, search }: ReportClient,
  { account, telemetry }: AskingOptions,
  signal: AbortSignal,
): Way | undefined {
  if (byIds) {
    const inquire = inquireBy(byIds, signal);
    const newId = (): string => newJobId(randomBytes(jobIdBytes));
    const control = createControl({ inquire, newId, onInVain: (why) => telemetry.askedInVain(why), clock });
    const answersTo = answersByIds({ inquire, control });
    return { answersTo, mostTogether: mostIds, mostMessages: Number.POSITIVE_INFINITY, control };
  }
  if (!search || account.webServiceUrl === '') return undefined;
  const { requestTimeoutMs } = account;
  return {
    answersTo: answersBySearch({ search, requestTimeoutMs, signal }),
    mostTogether: 1,
    mostMessages: mostBySearch,
  };
}

/** An account that cannot be asked: nobody comes here, since none of its messages is asked about. */
const noAnswers: AnswersTo = (doubts) => Promise.resolve(doubts.map(() => ({ kind: 'no-answer' })));
