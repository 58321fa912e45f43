import { type Decision, decisions, type UnknownCodeFacts } from './decisions.ts';
import { codeList, type ListedCode, listTitle } from './list.ts';

/** One row of the table: what the provider says, what this product decides, and where it comes from. */
export interface CodeRow extends ListedCode, Decision {
  readonly source: string;
}

/** Every code that JetSMS lists, in the list's order; 90 has three rows. */
export const codeTable: readonly CodeRow[] = codeList.map(
  (listed, index): CodeRow => ({
    ...listed,
    ...decisions[listed.id],
    source: `JetSMS list "${listTitle}", row ${index + 1}`,
  }),
);

/** The facts of any code outside the table: never success, never retried. */
export const unknownCode: UnknownCodeFacts = {
  class: 'terminal',
  scope: null,
  reason: 'unknown-code',
  meaning: 'not in the list of JetSMS; never taken for success',
  action: 'Dead letter `unknown-code`, with its own counter and alert; never retried.',
  hint: 'Call JetSMS customer service and ask what the code means; replay when the cause is gone.',
  source: `JetSMS list "${listTitle}", the remark on all other errors`,
};
