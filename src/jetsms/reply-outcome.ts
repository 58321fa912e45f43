import { type CodeRow, classify, type NotAReply, type Reply } from '../codes/index.ts';
import { holdsNumberOfAny } from './number-spelling.ts';
import type { Accepted, RefusedByCode, Uncertain, UncertainCause } from './outcome.ts';
import type { ProviderRequest } from './provider-request.ts';
import { scrubProviderText } from './scrub.ts';

/** Why bytes that are no reply leave the outcome open. */
export const causeOfNoReply: Readonly<Record<NotAReply['cause'], UncertainCause>> = {
  empty: 'empty-reply',
  html: 'html-reply',
  malformed: 'malformed-reply',
};

/** Our texts and passwords, which the provider may quote and which must not be logged. Called only for a refusal. */
export type Redactions = () => readonly string[];

/** What of the request a reply may repeat, and what is known of the reply itself. */
export interface ReplySurroundings {
  readonly request?: Pick<ProviderRequest, 'messages'>;
  readonly redactions?: Redactions;
  /** Why the reply is not whole; missing where it is. */
  readonly cut?: UncertainCause | undefined;
}

/** What a reply came to: an acceptance, a refusal by its code, or uncertain where no code was said. */
export function outcomeOfReply(
  reply: Reply,
  surroundings: ReplySurroundings = {},
): Accepted | RefusedByCode | Uncertain {
  const meaning = classify(reply);
  switch (meaning.kind) {
    case 'not-a-reply':
      return { kind: 'uncertain', cause: surroundings.cut ?? causeOfNoReply[meaning.cause] };
    case 'listed':
      if (meaning.row.class === 'accepted') return acceptedWith(meaning.groupId, surroundings);
      return refused(meaning, meaning.row, surroundings);
    case 'unknown-code':
      return refused(meaning, undefined, surroundings);
  }
}

/** Where a recipient's number stands in the place of the id, it is not taken as one: ids are logged. */
function acceptedWith(groupId: string | undefined, { request }: ReplySurroundings): Accepted {
  if (groupId === undefined || holdsNumberOfAny(groupId, request?.messages ?? []))
    return { kind: 'accepted' };
  return { kind: 'accepted', groupId };
}

function refused(
  { code, text }: { readonly code: string; readonly text: string },
  row: CodeRow | undefined,
  { redactions = () => [] }: ReplySurroundings,
): RefusedByCode {
  return { kind: 'refused', by: 'code', code, row, text: text && scrubProviderText(text, redactions()) };
}
