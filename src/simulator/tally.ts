import type { FaultKind } from './fault-rule.ts';
import type { OperationName } from './operation-names.ts';

/** What the simulator has done since it was made or reset. */
export interface SimulatorStats {
  /** Requests to send, account queries and questions for reports; not those to the control endpoint. */
  readonly requests: number;
  readonly acceptedRequests: number;
  readonly acceptedMessages: number;
  readonly acceptedParts: number;
  /** Messages of accepted requests that were left out because their number is none. */
  readonly droppedMessages: number;
  /** Refusals by code, those of `reply` faults included. */
  readonly refusedByCode: Readonly<Record<string, number>>;
  readonly faultsInjected: Readonly<Record<string, number>>;
  /** Requests that were read, by operation, whatever a fault made of them: `{ xmlsms: 3, ReportSMS_V2: 1 }`. */
  readonly requestsByOperation: Readonly<Partial<Record<OperationName, number>>>;
}

/** Counts what happens. */
export interface SimulatorTally {
  request(): void;
  accepted(facts: { readonly messages: number; readonly parts: number; readonly dropped: number }): void;
  refused(code: string): void;
  fault(kind: FaultKind): void;
  operation(name: OperationName): void;
  stats(): SimulatorStats;
  reset(): void;
}

export function createTally(): SimulatorTally {
  let sums = nothing();
  const refusals = new Map<string, number>();
  const faults = new Map<string, number>();
  const operations = new Map<string, number>();

  return {
    request() {
      sums.requests += 1;
    },
    accepted({ messages, parts, dropped }) {
      sums.acceptedRequests += 1;
      sums.acceptedMessages += messages;
      sums.acceptedParts += parts;
      sums.droppedMessages += dropped;
    },
    refused: (code) => increment(refusals, code),
    fault: (kind) => increment(faults, kind),
    operation: (name) => increment(operations, name),
    stats: () => ({
      ...sums,
      refusedByCode: Object.fromEntries(refusals),
      faultsInjected: Object.fromEntries(faults),
      requestsByOperation: Object.fromEntries(operations),
    }),
    reset() {
      sums = nothing();
      refusals.clear();
      faults.clear();
      operations.clear();
    },
  };
}

function nothing() {
  return { requests: 0, acceptedRequests: 0, acceptedMessages: 0, acceptedParts: 0, droppedMessages: 0 };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
