import { type Decision, decisions, type UnknownCodeFacts, unofficialDecisions } from './decisions.ts';
import { codeList, type ListedCode, listTitle } from './list.ts';
import { type UnofficialCode, type UnofficialRowId, unofficialCodes } from './unofficial.ts';

/** One row: what a code means, what this product decides, and where it comes from. */
export type CodeRow = OfficialRow | UnofficialRow;

/** A row of JetSMS's own list. */
export interface OfficialRow extends ListedCode, Decision {
  /** JetSMS lists it. */
  readonly official: true;
  /** Where it stands there. */
  readonly source: string;
}

/** A row that only public clients know. It is shown as such wherever it shows. */
export interface UnofficialRow extends UnofficialCode, Decision {
  /** Its code. */
  readonly id: UnofficialRowId;
  /** Only JetSMS's list describes its codes. */
  readonly description: null;
}

/** Every code that JetSMS lists, in the list's order; 90 has three rows. */
export const codeTable: readonly OfficialRow[] = codeList.map(
  (listed, index): OfficialRow => ({
    ...listed,
    ...decisions[listed.id],
    official: true,
    source: `JetSMS list "${listTitle}", row ${index + 1}`,
  }),
);

/** Codes outside the list that are treated as one of the list would be. */
export const unofficialRows: readonly UnofficialRow[] = unofficialCodes.flatMap((seen) => {
  const id = seen.code as UnofficialRowId;
  if (!Object.hasOwn(unofficialDecisions, id)) return [];
  return [{ ...seen, id, description: null, ...unofficialDecisions[id] }];
});

/** The facts of any code outside the table: never success, never retried. */
export const unknownCode: UnknownCodeFacts = {
  class: 'terminal',
  scope: null,
  reason: 'unknown-code',
  meaning: 'not in the list of JetSMS; never taken for success',
  action:
    'The first message of the request becomes the dead letter `unknown-code`, with a counter and an alert of its own; ' +
    'the others go back to wait. Five such requests in a row hold the account `unknown-code`. ' +
    'That JetSMS took nothing of the request is our assumption: its list calls every other code an error.',
  hint: 'Call JetSMS customer service and ask what the code means; replay when the cause is gone.',
  source: `JetSMS list "${listTitle}", the remark on all other errors`,
};
