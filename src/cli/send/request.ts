import { isMessageError } from '../../message/errors.ts';
import type { Lane, WhenNotFound, WhenUncertain } from '../../message/lane.ts';
import { messageProblems, type NewMessage } from '../../message/message.ts';
import type { AccountSettings } from '../../settings/account.ts';
import { rulesOf } from '../../settings/account-rules.ts';
import { CliError } from '../errors.ts';

/** The options of `jetsms send`, as they were written. */
export interface SendOptions {
  readonly to?: readonly string[];
  readonly csv?: string;
  readonly text: string;
  readonly title?: string;
  readonly lane?: Lane;
  readonly account?: string;
  readonly at?: string;
  readonly deadline?: string;
  readonly whenUncertain?: WhenUncertain;
  readonly whenNotFound?: WhenNotFound;
  readonly idempotencyKey?: string;
  readonly again?: true;
  readonly toColumn?: string;
  /** The file of an MMS. */
  readonly mms?: string;
  readonly subject?: string;
  readonly contentType?: string;
  readonly wait?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** What all messages of a run have in common. */
export type CommonFields = Omit<NewMessage, 'to' | 'text' | 'idempotencyKey'>;

/**
 * Refuses options that do not belong together.
 *
 * @throws CliError NO_RECIPIENTS, USAGE
 */
export function checkOptions(options: SendOptions): void {
  const { to, csv } = options;
  if (to === undefined && csv === undefined) throw new CliError('NO_RECIPIENTS');
  const clash = clashes.find(({ isMet }) => isMet(options));
  if (clash) throw new CliError('USAGE', { detail: clash.detail });
}

/** Options that do not belong together; the first that is met is told. */
const clashes: readonly { readonly detail: string; readonly isMet: (options: SendOptions) => boolean }[] = [
  {
    detail: '--to and --csv exclude each other.',
    isMet: ({ to, csv }) => to !== undefined && csv !== undefined,
  },
  {
    detail: '--again and --to-column belong to --csv.',
    isMet: ({ csv, again, toColumn }) => csv === undefined && (again === true || toColumn !== undefined),
  },
  {
    detail: '--subject and --content-type belong to --mms.',
    isMet: ({ mms, subject, contentType }) =>
      mms === undefined && (subject !== undefined || contentType !== undefined),
  },
  {
    detail: '--mms goes with --to, and not with --wait.',
    isMet: ({ mms, csv, wait }) => mms !== undefined && (csv !== undefined || wait === true),
  },
];

/** What all messages get, as it was written: the check reads times. */
export function fieldsOf(options: SendOptions, account: AccountSettings): CommonFields {
  const { title, lane, at, deadline, whenUncertain, whenNotFound } = options;
  return {
    account: account.name,
    ...(title === undefined ? {} : { title }),
    ...(lane === undefined ? {} : { lane }),
    ...(at === undefined ? {} : { sendAt: at }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(whenUncertain === undefined ? {} : { whenUncertain }),
    ...(whenNotFound === undefined ? {} : { whenNotFound }),
  };
}

/**
 * What all messages get, checked once, so that a wrong title is one error and not one for each line.
 *
 * @param sampleText a text that every message could have; the template itself where it has no places
 * @throws MessageError for the first problem; nothing is done then
 */
export function commonFields(
  options: SendOptions,
  { account, sampleText, nowMs }: { account: AccountSettings; sampleText: string; nowMs: number },
): CommonFields {
  const fields = fieldsOf(options, account);
  const rules = { ...rulesOf(account), nowMs };
  const [problem] = messageProblems({ ...fields, to: sampleNumber, text: sampleText }, rules);
  if (problem) throw problem;
  return fields;
}

/** Any number that is one; only its being valid matters. */
const sampleNumber = '905321234567';

/** Code and words of a refusal, for the list of lines that were refused; nothing else is one. */
export function refusalOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  if (isMessageError(error)) return { code: error.code, message: error.message };
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'IDEMPOTENCY_CONFLICT')
    return undefined;
  return { code: error.code, message: error.message };
}
