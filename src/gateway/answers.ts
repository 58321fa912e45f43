import type { SendReceipt } from '../producer/send-one.ts';
import type { CampaignProgress } from '../queue/campaign.ts';
import type { CancelResult } from '../status/cancel.ts';
import type { MessageStatus } from '../status/message-status.ts';
import type { RescheduleResult } from '../status/reschedule.ts';
import type { Refusal } from './problem.ts';
import { refusal } from './refusals.ts';

/** What a request is answered with where it was done. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a request has come to. */
export type Outcome = Answer | Refusal;

/** Whether a request was not done. */
export const isRefusal = (outcome: Outcome): outcome is Refusal => 'flaws' in outcome;

/** What the sender of a message is told. The same each time the request is repeated. */
export interface SentBody {
  readonly id: string;
  readonly account: string;
  readonly lane: string;
  readonly parts: number;
  readonly sendAt: number;
  readonly deadlineAt: number;
}

const sentBody = ({ duplicate: _duplicate, ...body }: SendReceipt): SentBody => body;

/** A message that is stored: now, or by an earlier request under the same key. */
export const sentAnswer = (receipt: SendReceipt): Answer => ({
  status: 202,
  headers: {
    location: `/v1/messages/${receipt.id}`,
    ...(receipt.duplicate ? { 'idempotent-replayed': 'true' } : {}),
  },
  body: sentBody(receipt),
});

/** The same as one of many. */
export const sentItem = (receipt: SendReceipt): Readonly<Record<string, unknown>> => ({
  status: 202,
  ...sentBody(receipt),
  ...(receipt.duplicate ? { replayed: true } : {}),
});

export const statusAnswer = (status: MessageStatus): Outcome =>
  status.state === 'unknown' ? refusal('MESSAGE_UNKNOWN') : { status: 200, body: status };

export function cancelAnswer(id: string, result: CancelResult): Outcome {
  const outcomes: Readonly<Record<CancelResult, Outcome>> = {
    cancelled: { status: 200, body: { id, state: 'cancelled' } },
    'too-late': refusal('MESSAGE_TOO_LATE'),
    unknown: refusal('MESSAGE_UNKNOWN'),
  };
  return outcomes[result];
}

export function rescheduleAnswer(id: string, result: RescheduleResult): Outcome {
  const outcomes: Readonly<Record<RescheduleResult, Outcome>> = {
    rescheduled: { status: 200, body: { id, state: 'rescheduled' } },
    'too-late': refusal('MESSAGE_TOO_LATE'),
    unknown: refusal('MESSAGE_UNKNOWN'),
  };
  return outcomes[result];
}

export const campaignAnswer = (progress: CampaignProgress | undefined): Outcome =>
  progress === undefined ? refusal('CAMPAIGN_UNKNOWN') : { status: 200, body: progress };
