import type { AccountSettings } from '../settings/account.ts';
import type { HttpHeaders } from './http-outcome.ts';
import type { Outcome, UncertainCause } from './outcome.ts';
import type { ProviderRequest } from './provider-request.ts';
import type { Withheld } from './reply-outcome.ts';

/** The login that a request carries in its body. */
export type RequestLogin = Pick<AccountSettings, 'username' | 'password' | 'charset'>;

/** A request as a surface writes it; without a path it goes to the account's own URL. */
export interface SurfaceRequest {
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface SurfaceReply {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** As much as came. */
  readonly body: Buffer;
}

/** What a reading may need to know of the request. */
export interface ReplyContext {
  readonly request: ProviderRequest;
  readonly withheld: Withheld;
  /** Epoch milliseconds, to date Retry-After. */
  readonly nowMs: number;
  /** Why the reply is not whole; missing where it is. */
  readonly cut?: UncertainCause | undefined;
}

/** What a reply came to. */
export interface ReplyReading {
  readonly outcome: Outcome;
  /** Only where the surface answers per recipient: one outcome a message, in the order of the request. */
  readonly perMessage?: readonly Outcome[];
}

/** One way to speak JetSMS. Pure: bytes in, bytes out. */
export interface Surface {
  buildRequest(request: ProviderRequest, login: RequestLogin): SurfaceRequest;
  readReply(reply: SurfaceReply, context: ReplyContext): ReplyReading;
}
