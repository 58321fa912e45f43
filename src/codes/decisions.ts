import type { RowId } from './list.ts';
import type { UnofficialRowId } from './unofficial.ts';

/**
 * What a reply with this code comes to: accepted; tried again by itself; tried again when a window opens,
 * which uses no attempt; or given up.
 */
export const codeClasses = ['accepted', 'retryable', 'deferred', 'terminal'] as const;
/** What a reply with this code comes to. */
export type CodeClass = (typeof codeClasses)[number];

/**
 * Whose fault it is: every message of the account, every message under that title, this message, the
 * account's credit, the hour of the day, or the request that this product built.
 */
export const codeScopes = ['account', 'title', 'message', 'quota', 'window', 'request'] as const;
/** Whose fault it is. */
export type CodeScope = (typeof codeScopes)[number];

/** What this product decides about one row of the list. */
export interface Decision {
  /** What it comes to. */
  readonly class: CodeClass;
  /** Null where it is nobody's fault. */
  readonly scope: CodeScope | null;
  /** Delays before attempt 2, 3, …; empty where nothing is tried again. Jitter is added elsewhere. */
  readonly retryDelaysMs: readonly number[];
  /** What this product does, one sentence. */
  readonly action: string;
  /** What the operator should do, one or two sentences. */
  readonly hint: string;
  /** True where the product's user fixed the class; it is not ours to change. */
  readonly fixed: boolean;
}

const second = 1000;
const minute = 60 * second;

/** Of `90 XML null`: a hiccup first, then an outage of minutes. */
const lostXmlDelaysMs: readonly number[] = [2 * second, 10 * second, 30 * second, 2 * minute, 10 * minute];
/** Of 204 where no MMS window is configured. Our choice; the provider names no hours. */
const windowDelaysMs: readonly number[] = [30 * minute];

/** How a hold ends. */
const probing =
  'Probed at intervals that grow from 10 s to 10 min, the account goes on by itself; `jetsms resume <account>` probes at once.';

const ourBug =
  'The request built here was wrong: a bug of this product. Report it with the version and the provider text; replay after the fix.';

/** One decision a row; the type makes a forgotten row a compile error. */
export const decisions: Readonly<Record<RowId, Decision>> = {
  '00': {
    class: 'accepted',
    scope: null,
    retryDelaysMs: [],
    action: 'Complete. The group id is stored where the reply has one.',
    hint: 'Nothing to do. The group id names the request when you ask JetSMS about it.',
    fixed: false,
  },
  '10': accountFault('Correct the user name or the password in the settings.', true),
  '11': {
    class: 'retryable',
    scope: 'quota',
    retryDelaysMs: [],
    action: `Hold the account \`no-credit\`, and put the messages back to wait; no attempt is used. ${probing}`,
    hint: 'Buy credit from JetSMS. The messages wait and leave by themselves, the most urgent lane first.',
    fixed: true,
  },
  '12': deadLetter(
    'title',
    'Use a title that JetSMS has approved for this account, or have this one approved; then replay.',
    true,
  ),
  '30': deadLetter(
    'message',
    'Give the message a title, or set a default title for the account; then replay.',
  ),
  '31': deadLetter('message', 'Give the message a recipient number.'),
  '72': deadLetter(
    'title',
    'Titles cannot be added by sending. Have JetSMS customer service register the title; then replay.',
  ),
  '76': accountFault('Ask JetSMS to allow sending by XML, or move the account to the web service.', true),
  '77': accountFault('Ask JetSMS customer service why the account is closed.', true),
  '80': deadLetter(
    'message',
    'Remove unusual characters (emoji, control characters) from the text; then send anew.',
  ),
  '81': deadLetter('request', ourBug),
  '84': deadLetter('request', ourBug),
  '85': deadLetter(
    'message',
    "Shorten the text, or have JetSMS raise the account's maximum (160, 306, 459 or 612) and set the same maximum here.",
  ),
  '86': deadLetter('request', ourBug),
  '87': deadLetter('request', ourBug),
  '88': deadLetter('request', ourBug),
  '89': deadLetter('request', ourBug),
  '90-parser': deadLetter('request', ourBug),
  '90-xml-null': {
    class: 'retryable',
    scope: null,
    retryDelaysMs: lostXmlDelaysMs,
    action: 'Retry by the schedule; when it is used up, dead letter `exhausted`.',
    hint: 'Rare: nothing to do. Often: look for a proxy between the worker and JetSMS that drops request bodies.',
    fixed: true,
  },
  '90-other': deadLetter('request', ourBug),
  '201': deadLetter('message', 'Ask JetSMS which MMS channel the account may use.'),
  '202': deadLetter(
    'message',
    'Send the media in a content type that JetSMS accepts, for example image/jpeg.',
  ),
  '203': deadLetter('message', 'Make the media file smaller; then send anew.'),
  '204': {
    class: 'deferred',
    scope: 'window',
    retryDelaysMs: windowDelaysMs,
    action: 'Defer to the opening of the MMS window; no attempt is used.',
    hint: 'Nothing to do. Configure the MMS window of the account to spare the refused request.',
    fixed: false,
  },
};

/** The two codes outside the list on which this product acts: whatever else they mean, it is the account's fault. */
export const unofficialDecisions: Readonly<Record<UnofficialRowId, Decision>> = {
  '03': accountFault('Set the user name and the password of the account; neither may be empty.', false),
  '28': accountFault(
    'Have JetSMS allow the address from which the workers go out, or send from one that it allows.',
    false,
  ),
};

function deadLetter(scope: CodeScope, hint: string, fixed = false): Decision {
  return { class: 'terminal', scope, retryDelaysMs: [], action: 'Dead letter with the code.', hint, fixed };
}

function accountFault(hint: string, fixed: boolean): Decision {
  const action =
    'Hold the account `account-fault` at the first refusal. The first message of that request is the witness: a dead ' +
    `letter with the code; all others go back to wait, no attempt is used. ${probing}`;
  return { ...deadLetter('account', hint, fixed), action };
}

/** What holds for every code that is not in the list. The list says: call customer service. */
export interface UnknownCodeFacts {
  /** Never success, never retried. */
  readonly class: 'terminal';
  /** Whose fault it is, is not known. */
  readonly scope: null;
  /** The dead letter's reason. */
  readonly reason: 'unknown-code';
  /** What is known of it. */
  readonly meaning: string;
  /** What this product does. */
  readonly action: string;
  /** What the operator should do. */
  readonly hint: string;
  /** Where this is known from. */
  readonly source: string;
}
