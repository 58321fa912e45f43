/** Everything that the worker needs to know of one JetSMS account. Built by `parseSettings`. */
export interface AccountSettings {
  readonly name: string;
  readonly surface: 'xml' | 'web-service';
  /** Endpoint of the account's surface. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** The sender title used where a message names none. */
  readonly title: string;
  readonly charset: 'utf-8' | 'iso-8859-9';
  readonly maxTextLength: 160 | 306 | 459 | 612;
  /** Requests in flight per worker process. */
  readonly connections: number;
  /** Jobs that one worker process holds at a time. */
  readonly concurrency: number;
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
}
