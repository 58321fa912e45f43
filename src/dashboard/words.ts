import { isoTime } from '../operator/dead-letters/view.ts';
import { meaningOfCode } from '../queue/dead-letter-meaning.ts';
import type { HoldReason } from '../queue/hold-reasons.ts';
import type { Hold, HoldMode } from '../worker/account/hold-record.ts';

/** Names of processes and verdicts look like this. */
const plainWord = /^[A-Za-z][\w.-]{0,63}$/;

/** A name as it is, or `?` where something else lies in its place. */
export const plain = (value: unknown): string =>
  typeof value === 'string' && plainWord.test(value) ? value : '?';

/** A code or a cause that we know, or `?` where something else lies in its place. */
export function codeWord(value: unknown): string {
  if (typeof value !== 'string') return '?';
  return /^\d{1,3}$/.test(value) || meaningOfCode(value) !== value ? value : '?';
}

/** What an attempt came to, in words that say how certain that is. */
export function certainty(outcome: unknown, code: unknown): string {
  const known = codeWord(code);
  switch (outcome) {
    case 'accepted':
      return known === '?' || known === '00' ? 'accepted 00' : `accepted: ${meaningOfCode(known)}`;
    case 'refused':
      return `refused ${known}: ${meaningOfCode(known)}`;
    case 'unsent':
      return `unsent: ${meaningOfCode(known)}; nothing was taken`;
    case 'uncertain':
      return `uncertain: ${meaningOfCode(known)}; may have arrived`;
    default:
      return 'an attempt that cannot be read';
  }
}

const holdReasonWords: Readonly<Record<HoldReason, string>> = {
  'no-credit': 'Held: the account has no credit',
  'account-fault': 'Held: something is wrong with the account',
  endpoint: 'Held: the address, a proxy or a firewall refuses the requests',
  'unknown-code': 'Held: JetSMS answers with a code that nobody knows',
  unreachable: 'Held: JetSMS cannot be reached',
  operator: 'Held by an operator',
};

const holdModeWords: Readonly<Record<HoldMode, string>> = {
  stopped: 'nothing is sent until somebody resumes it',
  probing: 'JetSMS is asked, or tried with one message at a time, until it is over',
  resuming: 'it is over, and the pace is rising',
};

/** A hold in one line. The operator's note is not repeated: it is anybody's words. */
export function holdWords({ reason, mode, code, since, by }: Hold): string {
  const why = by === 'dashboard' ? 'Paused on the dashboard' : holdReasonWords[reason];
  const what = code === undefined ? '' : ` (${codeWord(code)}: ${meaningOfCode(codeWord(code))})`;
  const when = since > 0 ? ` since ${isoTime(since)}` : '';
  return `${why}${what}${when}; ${holdModeWords[mode]}.`;
}

/** `1 message`, `2 messages`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
