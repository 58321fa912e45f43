import { codeTable, unofficialRows } from '../codes/index.ts';
import { uncertainCauses, unsentCauses } from '../jetsms/outcome.ts';
import { lanes } from '../message/lane.ts';
import { surfaceNames } from '../message/surface.ts';
import { reportedStates } from '../queue/ended-state.ts';
import { type HoldReason, holdReasons } from '../queue/hold-reasons.ts';
import { type DeadReason, deadReasons, outcomeKinds } from '../queue/journal.ts';

/** What a label may say. Every set is closed: nothing that comes from a message or a reply is ever a label. */
export interface LabelSet {
  readonly meaning: string;
  /** Undefined where the values are those of the settings (names of accounts) or of the package. */
  readonly values?: readonly string[];
}

export type OutcomeKind = (typeof outcomeKinds)[number];

const verdictKinds = ['complete', 'retry', 'defer', 'ask', 'hold', 'dead-letter', 'split'] as const;
export type VerdictKind = (typeof verdictKinds)[number];

/** How an attempt was answered: a code of the table, an HTTP refusal by its hundred, or the cause of no answer. */
export const answers: readonly string[] = [
  ...new Set([
    ...[...codeTable, ...unofficialRows].map(({ code }) => code),
    'http-3xx',
    'http-4xx',
    ...unsentCauses,
    ...uncertainCauses,
  ]),
];

/** What JetSMS said of a message that it was asked about. */
export const askResults = ['found', 'not-found', 'no-answer'] as const;
export type AskResult = (typeof askResults)[number];

/** What a question for delivery reports came to. */
export const questionResults = ['answered', 'refused', 'no-answer'] as const;
export type QuestionResult = (typeof questionResults)[number];

/** What the gateway is asked, by the names of its operations; `other` for what is none. */
export const gatewayOperations = [
  'sendMessage',
  'sendBatch',
  'sendCampaign',
  'getMessage',
  'findMessage',
  'cancelMessage',
  'rescheduleMessage',
  'getCampaign',
  'changeCampaign',
  'listCodes',
  'countParts',
  'getAccount',
  'other',
] as const;
export type GatewayOperation = (typeof gatewayOperations)[number];

/** What became of a message that the gateway was given. */
export const gatewayResults = ['stored', 'replayed', 'refused', 'failed'] as const;
export type GatewayResult = (typeof gatewayResults)[number];

/** What a share is aimed at for. */
export const objectives = ['otp-in-time', 'accepted'] as const;
export type Objective = (typeof objectives)[number];

const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof statusClasses)[number];

/** The label value of every code that has no row. */
export const unknownCodeLabel = 'unknown';

/** The label value where there was no answer at all: an expired or an invalid message. */
export const noAnswerLabel = 'none';

/** The label value of whatever is in no other set: never seen unless there is a bug. */
export const otherLabel = 'other';

/** Why a verdict was reached: why it died, why it is held, else what the attempt came to. */
export type VerdictReason = OutcomeKind | HoldReason | DeadReason;

export type MessageEnd = 'accepted' | DeadReason;
export const messageEnds: readonly MessageEnd[] = ['accepted', ...deadReasons];

export const queueLabels: readonly [...typeof lanes, 'dead'] = [...lanes, 'dead'];
export type QueueLabel = (typeof queueLabels)[number];

export const jobStates = ['waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

/** A JetSMS code, `http-<status>` or a cause as the closed set knows it; `unknown` for a code without a row. */
export function foldAnswer(answer: string): string {
  if (answers.includes(answer)) return answer;
  const status = /^http-([345])\d\d$/.exec(answer);
  if (status !== null) return `http-${status[1]}xx`;
  return /^\d{2,3}$/.test(answer) ? unknownCodeLabel : otherLabel;
}

export type LabelSetName =
  | 'account'
  | 'surface'
  | 'lane'
  | 'outcome'
  | 'answer'
  | 'verdict'
  | 'verdictReason'
  | 'holdReason'
  | 'deadReason'
  | 'end'
  | 'queue'
  | 'state'
  | 'cause'
  | 'settled'
  | 'asked'
  | 'reported'
  | 'question'
  | 'swept'
  | 'group'
  | 'operation'
  | 'statusClass'
  | 'gatewayResult'
  | 'webhook'
  | 'tryEnd'
  | 'objective'
  | 'version';

/** Every set that a label of some metric is drawn from. */
export const labelSets: Readonly<Record<LabelSetName, LabelSet>> = {
  account: { meaning: "the account's name, as in the settings" },
  surface: { meaning: 'how JetSMS was spoken to', values: surfaceNames },
  lane: { meaning: 'the lane of the message', values: lanes },
  outcome: { meaning: 'what the attempt came to', values: outcomeKinds },
  answer: {
    meaning:
      'the JetSMS code, the HTTP refusal, or the cause of no answer; `unknown` for a code that has no row in docs/codes.md',
    values: [...answers, unknownCodeLabel, noAnswerLabel, otherLabel],
  },
  verdict: { meaning: 'what was done about it', values: verdictKinds },
  verdictReason: {
    meaning: 'why it died, why the account is held, else what the attempt came to',
    values: [...new Set<string>([...outcomeKinds, ...holdReasons, ...deadReasons])],
  },
  holdReason: { meaning: 'why the account is held', values: holdReasons },
  deadReason: { meaning: 'why the message was given up', values: deadReasons },
  end: { meaning: 'how the message ended: accepted, or the reason of its dead letter', values: messageEnds },
  queue: { meaning: 'the lane whose jobs it holds, or the dead letters', values: queueLabels },
  state: { meaning: "BullMQ's state of the job", values: jobStates },
  cause: { meaning: 'why the first attempt had no answer', values: [...uncertainCauses, otherLabel] },
  settled: {
    meaning: 'whether the late reply still changed the end of the message',
    values: ['true', 'false'],
  },
  asked: { meaning: 'what JetSMS said of the message, if anything', values: askResults },
  reported: {
    meaning: 'what JetSMS said became of the message; `unconfirmed` where it did not say',
    values: reportedStates,
  },
  question: {
    meaning:
      'whether the question had rows for an answer, was refused for what it asked, or had no answer (the account refused, too)',
    values: questionResults,
  },
  swept: {
    meaning: 'ended send jobs (accepted or divided, given up), or dead letters',
    values: ['completed', 'failed', 'dead-letters'],
  },
  webhook: { meaning: "the webhook endpoint's name, as in the settings" },
  tryEnd: {
    meaning: 'what a try came to: delivered; failed, and tried again later; or dead, given up',
    values: ['delivered', 'failed', 'dead'],
  },
  group: {
    meaning:
      "the group's name, as in createEvents(); `other` for names of another form, and for all beyond twenty of an account",
  },
  operation: {
    meaning: 'what the gateway was asked, as in its OpenAPI document; `other` for whatever is not there',
    values: gatewayOperations,
  },
  statusClass: { meaning: 'the hundred of the HTTP status', values: statusClasses },
  gatewayResult: {
    meaning:
      'what became of the message: stored; stored before, under the same key; refused for what it is; or failed, for want of Redis',
    values: gatewayResults,
  },
  objective: {
    meaning: 'what is aimed at: OTPs accepted in time, or messages accepted at all',
    values: objectives,
  },
  version: { meaning: 'the version of jetsms-delivery' },
};
