import { createHash } from 'node:crypto';
import { isMessageError } from '../../message/errors.ts';
import { normalizeNumber } from '../../message/number.ts';
import { normalizeText } from '../../message/text.ts';

/** What makes two messages the same one. */
export interface KeyScope {
  /** The title under which it goes out, as far as it is known. */
  readonly title: string;
  /** Given by the caller: under it no number gets more than one text, whatever the text says. */
  readonly idempotencyKey?: string;
  /** Tells this run from every other, so that only its own repetitions count. */
  readonly run?: string;
}

/**
 * The idempotency key of one of many messages: same number, same text, same title, same key. It does not know
 * the file or the line, so that a file with one line mended, or sorted anew, texts nobody twice
 * (docs/decisions/0007-a-file-can-be-sent-again.md). A hash because a key has a greatest length; it stays in this
 * process, and only the producer's keyed hash of it gets into ids and into Redis.
 */
export function messageKey(to: string, text: string, scope: KeyScope): string {
  const { title, idempotencyKey, run = '' } = scope;
  const what = idempotencyKey === undefined ? ['text', title, normalizeText(text)] : ['key', idempotencyKey];
  const content = JSON.stringify([run, canonicalNumber(to), ...what]);
  return `cli-${createHash('sha256').update(content).digest('hex')}`;
}

/** A number that is none is refused later, whatever its key. */
function canonicalNumber(to: string): string {
  try {
    return normalizeNumber(to);
  } catch (error) {
    if (isMessageError(error)) return to;
    throw error;
  }
}
