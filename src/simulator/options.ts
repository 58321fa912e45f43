import type { NewAccount } from './account.ts';
import type { Latency } from './input.ts';
import type { AcceptedMessage } from './ledger.ts';
import type { ReportChange } from './report-settings.ts';

/** How a simulator is made; every field has a default. */
export interface SimulatorOptions {
  /** Its accounts; one named `demo` (password `demo`, title `DEMO`) where nothing is said. */
  readonly accounts?: readonly NewAccount[];
  /** Seed of latency, fault probability and reports: the same seed gives the same rolls. Default 1. */
  readonly seed?: number;
  /** Default none. */
  readonly latency?: Latency;
  /** What stands behind a text reply; clients must cope with any. Default nothing. */
  readonly lineEnd?: '' | '\n' | '\r\n';
  /** What becomes of accepted messages, and what questions about them are answered; see docs/simulator.md. */
  readonly reports?: ReportChange;
  /** How many messages reports know; then the oldest are forgotten. Default all, with `keep: 'counts'` 100,000. */
  readonly keepReports?: number;
  /** `counts` keeps no accepted message, only how often each was accepted. Default `messages`. */
  readonly keep?: 'messages' | 'counts';
  /** Called for every accepted message, before the answer is written. */
  readonly onAccepted?: (message: AcceptedMessage) => void;
  /** Largest request body; a larger one is answered with 413. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Epoch milliseconds. Default the machine's clock. */
  readonly now?: () => number;
}

export const optionDefaults: Required<
  Pick<SimulatorOptions, 'seed' | 'latency' | 'lineEnd' | 'keep' | 'maxBodyBytes'>
> = {
  seed: 1,
  latency: { minMs: 0, maxMs: 0 },
  lineEnd: '',
  keep: 'messages',
  maxBodyBytes: 64 * 1024 * 1024,
};

/** How many messages reports know where nothing is said: memory stays bounded where no message is kept. */
export const keepReportsDefaults: Readonly<Record<'messages' | 'counts', number>> = {
  messages: Number.POSITIVE_INFINITY,
  counts: 100_000,
};
