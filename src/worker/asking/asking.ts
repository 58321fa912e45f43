import { randomBytes } from 'node:crypto';
import { canAskByIds } from '../../jetsms/reports.ts';
import { jobIdBytes, newJobId } from '../../message/id.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Telemetry } from '../telemetry.ts';
import type { AskAbility } from '../verdict/uncertain-policy.ts';
import { type Asker, createAsker } from './asker.ts';
import { createControl } from './control.ts';
import { openInquiries } from './inquiries.ts';

/** How messages of an account are asked about whose request got no answer. */
export interface Asking {
  readonly ability: AskAbility;
  readonly asker: Asker;
  /** Asks no more and closes the connections; whoever waits for an answer goes on without. */
  close(): Promise<void>;
}

export interface AskingOptions {
  readonly account: AccountSettings;
  readonly telemetry: Pick<Telemetry, 'askedInVain' | 'unexpected'>;
  readonly now: () => number;
}

/** Questions under way at a time in one process. Our choice: enough for 100 messages each, and few for JetSMS. */
const questionsAtOnce = 2;

/** Asks by the ids that the messages had in their requests, over connections of its own. */
export function createAsking({ account, telemetry, now }: AskingOptions): Asking {
  const { askFirstMs: firstMs, askForMs: forMs, askForOtpMs: forOtpMs, concurrency } = account;
  const ability = { canAsk: canAskByIds(account), firstMs, forMs, forOtpMs };
  if (!ability.canAsk) return { ability, asker: nobody, close: () => Promise.resolve() };
  const inquiries = openInquiries(account, { connections: questionsAtOnce, now });
  const { inquire } = inquiries;
  const clock = (): number => performance.now();
  const newId = (): string => newJobId(randomBytes(jobIdBytes));
  const control = createControl({ inquire, newId, onInVain: (why) => telemetry.askedInVain(why), clock });
  const mostWaiting = Math.max(1, Math.floor(concurrency / 4));
  const onUnexpected = (error: unknown): void => telemetry.unexpected(error, 'asking');
  const asker = createAsker({ inquire, control, questionsAtOnce, mostWaiting, clock, onUnexpected });
  return {
    ability,
    asker,
    close() {
      asker.stop();
      return inquiries.close();
    },
  };
}

/** An account that cannot be asked: nobody comes here, since no message is asked about. */
const nobody: Asker = {
  ask: (doubts) => Promise.resolve(doubts.map(() => ({ kind: 'no-answer' }))),
  stop: () => {},
};
