import { type CodeRow, codeTable } from '../../../src/codes/index.ts';
import type { AccountSettings } from '../../../src/settings/account.ts';
import type { NewAccount } from '../../../src/simulator/index.ts';

/** How a row of the code table can reach a message: by an SMS over either surface, or by an MMS. */
export const ways = ['xml', 'web-service', 'mms'] as const;
export type Way = (typeof ways)[number];

/** How JetSMS comes to answer with the row: by its own rules, as they are simulated, or because it is told to. */
export interface Provocation {
  /** The account as the worker knows it. */
  readonly account?: Partial<AccountSettings>;
  /** The account as JetSMS knows it. */
  readonly provider?: Partial<NewAccount>;
  readonly title?: string;
  readonly text?: string;
  readonly media?: { readonly contentType: string; readonly bytes: number };
}

/** Where the row leaves a message. */
export type RowEnd = 'accepted' | 'dead terminal' | 'dead exhausted' | 'hold' | 'deferral';

/** One end-to-end test. */
export interface RowCase {
  readonly row: CodeRow;
  readonly way: Way;
  readonly end: RowEnd;
  /** Undefined: JetSMS is told to answer so. */
  readonly byItself: Provocation | undefined;
  readonly title: string;
}

/** What provokes a row by JetSMS's own rules, over each way for which it does. */
const provocations: Readonly<Record<string, Partial<Record<Way, Provocation>>>> = {
  '00': everywhere({}),
  '10': everywhere({ account: { password: 'wrong' } }),
  '11': everywhere({ provider: { credit: 0 } }),
  '12': everywhere({ title: 'YOK' }),
  '76': { xml: { provider: { surfaces: ['web-service'] } } },
  '77': everywhere({ provider: { open: false } }),
  '80': everywhere({ text: 'Merhaba 😀' }),
  '85': sms({ account: { maxTextLength: 612 }, text: 'x'.repeat(161) }),
  '86': { 'web-service': { account: { messageHeader: 'h'.repeat(41) } } },
  '202': {
    mms: {
      account: { mmsContentTypes: ['image/webp'] },
      media: { contentType: 'image/webp', bytes: 10 },
    },
  },
  '203': {
    mms: { account: { mmsMaxBytes: 400_000 }, media: { contentType: 'image/jpeg', bytes: 307_201 } },
  },
};

function everywhere(provocation: Provocation): Record<Way, Provocation> {
  return { xml: provocation, 'web-service': provocation, mms: provocation };
}

function sms(provocation: Provocation): Partial<Record<Way, Provocation>> {
  return { xml: provocation, 'web-service': provocation };
}

/** Where a row can occur: `any` is XML, web service and MMS, as the list's title says. */
function waysOf({ surface }: CodeRow): readonly Way[] {
  return surface === 'any' ? ways : [surface];
}

function endOf({ class: kind, scope }: CodeRow): RowEnd {
  switch (kind) {
    case 'accepted':
      return 'accepted';
    case 'retryable':
      return scope === 'quota' ? 'hold' : 'dead exhausted';
    case 'deferred':
      return 'deferral';
    case 'terminal':
      return 'dead terminal';
  }
}

const wayNames: Readonly<Record<Way, string>> = {
  xml: 'an SMS over XML',
  'web-service': 'an SMS over the web service',
  mms: 'an MMS',
};

/** One test for each row and each way on which it can occur; docs/codes.md shows them. */
export const rowCases: readonly RowCase[] = codeTable.flatMap((row) =>
  waysOf(row).map((way) => {
    const byItself = provocations[row.id]?.[way];
    const end = endOf(row);
    return { row, way, end, byItself, title: `${row.id}: ${wayNames[way]} ends as ${end}` };
  }),
);
