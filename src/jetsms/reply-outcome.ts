import { type CodeRow, classify, type Reply } from '../codes/index.ts';
import type { Accepted, RefusedByCode, Uncertain, UncertainCause } from './outcome.ts';
import { scrubProviderText } from './scrub.ts';

const causeOfNoReply = {
  empty: 'empty-reply',
  html: 'html-reply',
  malformed: 'malformed-reply',
} as const satisfies Record<string, UncertainCause>;

/** What of ours the provider's words may quote and we must not repeat; asked only for a refusal. */
export type Withheld = () => readonly string[];

/** What a reply came to: `00` with a group id, a refusal by its code, or uncertain where no code was said. */
export function outcomeOfReply(reply: Reply, withheld: Withheld): Accepted | RefusedByCode | Uncertain {
  const meaning = classify(reply);
  switch (meaning.kind) {
    case 'not-a-reply':
      return { kind: 'uncertain', cause: causeOfNoReply[meaning.cause] };
    case 'accepted-without-id':
      return { kind: 'uncertain', cause: 'accepted-without-id' };
    case 'listed':
      if (meaning.groupId !== undefined) return { kind: 'accepted', groupId: meaning.groupId };
      return refused(meaning, meaning.row, withheld);
    case 'unknown-code':
      return refused(meaning, undefined, withheld);
  }
}

function refused(
  { code, text }: { readonly code: string; readonly text: string },
  row: CodeRow | undefined,
  withheld: Withheld,
): RefusedByCode {
  return { kind: 'refused', by: 'code', code, row, text: text && scrubProviderText(text, withheld()) };
}
