import type { Lane } from '../message/lane.ts';
import type { Outcome } from './outcome.ts';

/** One message as it travels: the number in the provider's form and its text. */
export interface RequestMessage {
  /** Our message id; the web service's V2 operations carry it, XML does not. */
  readonly id: string;
  /** 12 digits for Turkish mobiles (`905321234567`), country code first for others; no plus sign. */
  readonly to: string;
  readonly text: string;
}

/** What an MMS carries besides its text. */
export interface RequestMedia {
  readonly subject: string;
  readonly contentType: string;
  readonly dataBase64: string;
}

/** What travels in one request: messages under one title. */
export interface ProviderRequest {
  readonly title: string;
  /** A word of the sender's own, in the field of this name. */
  readonly reference?: string;
  readonly messages: readonly RequestMessage[];
  /** The lane of all of them, which has JetSMS's switches of its own; transactional where missing. */
  readonly lane?: Lane;
  /** Makes it an MMS; then all messages have the same text. Only the web service carries it. */
  readonly media?: RequestMedia;
  /** When the provider shall stop trying, in epoch milliseconds; sent as the expire date. */
  readonly expireAt?: number;
}

/** What one request came to, and what was measured on the way. */
export interface Attempt {
  readonly outcome: Outcome;
  /** Only where the surface answers per recipient (web service V2): one outcome a message, in order. */
  readonly perMessage?: readonly Outcome[];
  readonly durationMs: number;
  /** HTTP status, where one came. */
  readonly status?: number;
}

/** A connection to JetSMS for one account; the worker sends through this and through nothing else. */
export interface JetsmsClient {
  /**
   * Sends one request. Never throws for what the network or the provider does: that is an outcome.
   * @throws ProviderRequestError MMS_NEEDS_WEB_SERVICE, MMS_TEXTS_DIFFER
   */
  send(request: ProviderRequest, options?: { readonly signal?: AbortSignal }): Promise<Attempt>;
  close(): Promise<void>;
}
