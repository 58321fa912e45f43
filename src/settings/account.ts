import type { MmsWindow } from './mms-windows.ts';

/** Everything that the worker needs to know of one JetSMS account. Built by `parseSettings`. */
export interface AccountSettings {
  readonly name: string;
  readonly surface: 'xml' | 'web-service';
  /** Endpoint of the account's surface; '' where not set (never with the need `credentials`). */
  readonly url: string;
  /** '' where not set (never with the need `credentials`); likewise `password`. */
  readonly username: string;
  readonly password: string;
  /** The sender title used where a message names none; '' where there is none. */
  readonly title: string;
  readonly charset: 'utf-8' | 'iso-8859-9';
  readonly maxTextLength: 160 | 306 | 459 | 612;
  /** Requests in flight per worker process. */
  readonly connections: number;
  /** Jobs that one worker process holds at a time. */
  readonly concurrency: number;
  /** Single sends of one title that may travel in one request. */
  readonly batchSize: number;
  /** The longest that a single send waits for company; lane otp never does. */
  readonly batchWaitMs: number;
  /** Requests of `connections` that only lane otp may use. */
  readonly connectionsForOtp: number;
  /** Over all workers together; 0 = no limit of ours. */
  readonly messagesPerSecond: number;
  /** Over all workers together; 0 = no limit of ours. */
  readonly requestsPerSecond: number;
  readonly connectTimeoutMs: number;
  /** From the request written to the reply's first byte. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the reply's body. */
  readonly bodyTimeoutMs: number;
  /** The whole request, from connect to the last byte of the reply. */
  readonly requestTimeoutMs: number;
  readonly maxReplyBytes: number;
  /** Refusals by the account's fault in a row until the account is held; 0 = never. */
  readonly accountFaultLimit: number;
  /** Between two canaries of a hold that probes. */
  readonly probeIntervalMs: number;
  /** Unsent requests in a row until the endpoint counts as unreachable. */
  readonly unreachableAfter: number;
  /** Messages a second right after a hold has ended. */
  readonly resumeRatePerSecond: number;
  /** When MMS may be sent, Europe/Istanbul; empty = not known. */
  readonly mmsWindows: readonly MmsWindow[];
}
