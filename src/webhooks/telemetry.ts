import type { EventsProblem } from '../events/options.ts';

/** One try of one delivery. Never the address, a secret or a body. */
export interface TryReport {
  readonly endpoint: string;
  /** The delivery's id: the request's `webhook-id`. */
  readonly id: string;
  readonly events: number;
  /** Counted from 1. */
  readonly attempt: number;
  /** `http-<status>`, the cause of no answer, or `unreadable`: nothing was sent. */
  readonly code: string;
  readonly durationMs: number;
}

/** What the webhooks of a process tell; log lines and metrics are made from it in one place. */
export interface WebhookTelemetry {
  delivered(report: TryReport): void;
  failed(report: TryReport & { readonly delayMs: number }): void;
  dead(report: TryReport): void;
  /** The endpoint has said that it is gone. */
  ended(endpoint: string): void;
  /** Somebody has switched it on again. */
  resumed(endpoint: string): void;
  problem(endpoint: string, problem: EventsProblem): void;
  /** Redis does not answer as it should; many of these in a row become one log line. */
  redis(error: unknown): void;
}
