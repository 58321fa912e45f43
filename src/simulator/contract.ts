import type { AccountChange, NewAccount, SimulatorAccount } from './account.ts';
import type { ActiveFault } from './fault-book.ts';
import type { FaultRule } from './fault-rule.ts';
import type { Latency } from './input.ts';
import type { AcceptedMessage, CountKey } from './ledger.ts';
import type { QuestionKey } from './question-tally.ts';
import type { GivenStatus, MessageSelector } from './report-book.ts';
import type { ReportChange, ReportSettings } from './report-settings.ts';
import type { SimulatorStats } from './tally.ts';

/** Where a simulator listens. */
export interface ListenOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
}

/** A JetSMS to develop and test against. Nothing acts before `listen()`. */
export interface Simulator extends AsyncDisposable {
  /** `http://host:port`. This and the other addresses throw SIMULATOR_NOT_LISTENING while it does not listen. */
  readonly url: string;
  readonly xmlUrl: string;
  /** Credit and titles of an account. */
  readonly examineUrl: string;
  /** Delivery reports of the XML interface; the web service has its own at `webServiceUrl`. */
  readonly reportUrl: string;
  readonly webServiceUrl: string;
  /** Starts to listen; after `close()` it may listen again, with everything it knew. */
  listen(options?: ListenOptions): Promise<void>;
  /** Stops listening and ends every connection, also those whose answer is not finished. */
  close(): Promise<void>;

  readonly accounts: {
    list(): readonly SimulatorAccount[];
    /** Adds an account, or replaces the one of that name. */
    add(account: NewAccount): void;
    /** Throws SIMULATOR_INPUT where no account has this name. */
    update(username: string, change: AccountChange): void;
  };
  /** Adds SMS parts to an account's credit. Throws SIMULATOR_INPUT where no account has this name. */
  topUp(username: string, parts: number): void;

  readonly faults: {
    /** Returns the rule's id. Of several rules that match a request, the oldest applies. */
    add(rule: FaultRule): string;
    remove(id: string): boolean;
    clear(): void;
    list(): readonly ActiveFault[];
  };
  readonly reports: {
    settings(): ReportSettings;
    /**
     * Changes settings. Shares, delay and records count for messages that are accepted from now on, the answers for
     * every question from now on.
     */
    change(change: ReportChange): void;
    /**
     * Sets what reports say of messages, from now on and at once. Throws SIMULATOR_INPUT where no message is meant.
     * Returns how many are.
     */
    setStatus(selector: MessageSelector, given: GivenStatus): number;
    /** How often was asked about each id, or about messages for each number, also by questions that a fault met. */
    questions(by: QuestionKey): ReadonlyMap<string, number>;
  };
  setLatency(latency: Latency): void;

  /** Every accepted message in order; empty with `keep: 'counts'`. */
  readonly accepted: readonly AcceptedMessage[];
  /** How often each key was accepted, for counting losses and duplicates; `message` keys read `<to>|<text>`. */
  counts(by?: CountKey): ReadonlyMap<string, number>;
  /** Resolves when so many messages have been accepted; rejects with SIMULATOR_WAIT_TIMEOUT. */
  waitForAccepted(messages: number, timeoutMs: number): Promise<void>;
  stats(): SimulatorStats;
  /** Back to how it was made: its accounts, its latency, its report settings, no faults, nothing recorded. */
  reset(): void;
}
