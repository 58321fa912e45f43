import type { AccountSettings } from '../settings/account.ts';
import { createHttpClient } from './http.ts';
import type { HttpResult } from './http-exchange.ts';
import type { Attempt, JetsmsClient, ProviderRequest } from './provider-request.ts';
import type { ReplyContext, Surface } from './surface.ts';
import { surfaces } from './surfaces.ts';

export interface JetsmsClientOptions {
  /** Epoch milliseconds; the system's clock by default. */
  readonly now?: () => number;
  /** Sees each reply as it came, before it is read. It holds numbers and texts: never to be logged. */
  readonly onReply?: (reply: HttpResult) => void;
}

/** A client for one account, speaking the account's surface. */
export function createJetsmsClient(
  account: AccountSettings,
  options: JetsmsClientOptions = {},
): JetsmsClient {
  const now = options.now ?? Date.now;
  const surface = surfaces[account.surface];
  const http = createHttpClient(account);
  return {
    async send(request, { signal } = {}) {
      const startedAt = now();
      const result = await surface.send(request, { http, account, signal });
      const endedAt = now();
      options.onReply?.(result);
      const context = { request, redactions: () => oursIn(request, account), nowMs: endedAt };
      return { ...attemptOf(result, surface, context), durationMs: Math.max(0, endedAt - startedAt) };
    },
    close: () => http.close(),
  };
}

function attemptOf(result: HttpResult, surface: Surface, context: ReplyContext): Omit<Attempt, 'durationMs'> {
  if (result.kind === 'failed') return { outcome: result.outcome };
  return { ...surface.readReply(result, { ...context, cut: result.cut }), status: result.status };
}

/** What must not get into a log where the provider quotes our request in its reply. */
function oursIn(request: ProviderRequest, account: AccountSettings): readonly string[] {
  const subjects = request.media ? [request.media.subject] : [];
  return [account.password, ...subjects, ...new Set(request.messages.map(({ text }) => text))];
}
