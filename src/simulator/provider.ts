import { type AccountBook, createAccountBook, demoAccount } from './account.ts';
import { createGroupIds } from './clock.ts';
import { createFaultBook, type FaultBook } from './fault-book.ts';
import type { Latency } from './input.ts';
import { type Judgement, judge, type RecipientResult, type SpoiltRecipient } from './judge.ts';
import { type AcceptedMessage, createLedger, type Ledger } from './ledger.ts';
import { optionDefaults, type SimulatorOptions } from './options.ts';
import { createRandom } from './random.ts';
import { createReports, type Reports } from './reports.ts';
import type { ProviderRefusal, Submission, SubmissionReading } from './submission.ts';
import { createTally, type SimulatorTally } from './tally.ts';

/** What the provider decided: refused, or taken, charged and recorded. */
export type ProviderDecision =
  | { readonly kind: 'refused'; readonly refusal: ProviderRefusal }
  | {
      readonly kind: 'accepted';
      readonly groupId: string;
      /** One for each recipient, in the request's order. */
      readonly recipients: readonly RecipientResult[];
    };

/** The simulated provider without its network: accounts, rules, records. */
export interface Provider {
  readonly accounts: AccountBook;
  readonly faults: FaultBook;
  readonly ledger: Ledger;
  readonly tally: SimulatorTally;
  readonly reports: Reports;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly latency: () => Latency;
  setLatency(latency: Latency): void;
  /** The latency of the next answer, in milliseconds. */
  rollLatencyMs(): number;
  /** Judges what was read; what it accepts is charged and recorded. */
  take(reading: SubmissionReading, spoilt?: SpoiltRecipient): ProviderDecision;
  /** Back to how it was made: accounts, latency, report settings, no faults, nothing recorded. */
  reset(): void;
}

export function createProvider(options: SimulatorOptions): Provider {
  const { keep = optionDefaults.keep, now = Date.now, onAccepted } = options;
  const firstLatency = options.latency ?? optionDefaults.latency;
  const random = createRandom(options.seed ?? optionDefaults.seed);
  const tally = createTally();
  const accounts = createAccountBook(options.accounts ?? [demoAccount]);
  const ledger = createLedger({ keep, ...(onAccepted === undefined ? {} : { onAccepted }) });
  const faults = createFaultBook({ random, onFault: tally.fault });
  const nextGroupId = createGroupIds(now);
  const reports = createReports(options);
  let latency = firstLatency;

  const accept = (submission: Submission, spoilt?: SpoiltRecipient): ProviderDecision => {
    const at = now();
    const { username } = submission;
    const account = accounts.find(username);
    const judgement = judge(submission, { account, now: at, spoilt, isUsedId: reports.usedIds(username) });
    if (judgement.kind === 'refused') return judgement;
    // Our choice: start-date. Also a message with a start date counts as accepted at once.
    const groupId = nextGroupId();
    const { messages, recipients, parts } = judgement;
    accounts.charge(username, parts);
    tally.accepted({ messages: messages.length, parts, dropped: recipients.length - messages.length });
    const accepted = acceptedMessages(submission, judgement, { groupId, at });
    reports.book.record(accepted, (to) => ledger.counts('to').get(to) ?? 0);
    ledger.record(accepted);
    return { kind: 'accepted', groupId, recipients };
  };

  const take = (reading: SubmissionReading, spoilt?: SpoiltRecipient): ProviderDecision => {
    const decision = reading.kind === 'refused' ? reading : accept(reading.submission, spoilt);
    if (decision.kind === 'refused') tally.refused(decision.refusal.code);
    return decision;
  };

  return {
    accounts,
    faults,
    ledger,
    tally,
    reports,
    now,
    latency: () => latency,
    setLatency(changed) {
      latency = changed;
    },
    rollLatencyMs: () => latency.minMs + (latency.maxMs - latency.minMs) * random(),
    take,
    reset() {
      accounts.reset();
      faults.clear();
      ledger.reset();
      tally.reset();
      reports.reset();
      latency = firstLatency;
    },
  };
}

function acceptedMessages(
  { title, reference = '', username, surface, media, switches }: Submission,
  { messages, startAt, expireAt }: Extract<Judgement, { kind: 'accepted' }>,
  taken: { readonly groupId: string; readonly at: number },
): readonly AcceptedMessage[] {
  const about = {
    title,
    ...(reference === '' ? {} : { reference }),
    username,
    surface,
    ...taken,
    ...(startAt === undefined ? {} : { startAt }),
    ...(expireAt === undefined ? {} : { expireAt }),
    ...(media === undefined ? {} : { media }),
    ...(switches === undefined ? {} : { switches }),
  };
  return messages.map((message) => ({ ...message, ...about }));
}
