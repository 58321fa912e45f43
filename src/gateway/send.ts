import { isMessageError, MessageError } from '../message/errors.ts';
import { type AccountRules, defaultLane, messageProblems, type NewMessage } from '../message/message.ts';
import type { Producer } from '../producer/calls.ts';
import type { SendReceipt } from '../producer/send-one.ts';
import { withKey } from './idempotency.ts';
import type { KeyGrant } from './keys/grant.ts';
import type { Refusal } from './problem.ts';
import { inBody, messageRefusal, refusalOf } from './refusals.ts';
import { accountFor, accountRefusal, laneRefusal, mayUseLane } from './scope.ts';

/** What sending needs of the gateway. */
export interface SendTools {
  readonly producer: Pick<Producer, 'send'>;
  /** Rules by the names of the accounts, the default one first. */
  readonly accounts: ReadonlyMap<string, AccountRules>;
}

/** Who sends, and where the message stands in the request. */
export interface SendCall {
  readonly grant: KeyGrant;
  /** The key that the request names for this message. */
  readonly key: string | undefined;
  /** JSON pointer of the message. */
  readonly base: string;
}

/** What a message has come to: it is stored, or refused with all that is wrong. */
export type Sent =
  | { readonly receipt: SendReceipt }
  | { readonly refusal: Refusal; readonly error?: unknown };

/** Sends what came as a message. Total for any JSON. */
export async function sendInput(input: unknown, call: SendCall, tools: SendTools): Promise<Sent> {
  const { base } = call;
  if (!isFields(input))
    return { refusal: messageRefusal([new MessageError('MESSAGE_INVALID', 'message')], inBody(base)) };
  const scoped = inScope(input, call, tools);
  if ('refusal' in scoped) return scoped;
  const { message } = scoped;
  try {
    return { receipt: await tools.producer.send(message) };
  } catch (error) {
    return { refusal: asSeenBy(call.grant, allProblems(error, message, base, tools)), error };
  }
}

/** Of a message of another lane, a key for some lanes learns nothing by guessing what an idempotency key stands for. */
function asSeenBy({ lanes }: KeyGrant, refusal: Refusal): Refusal {
  const { fields, messageId: _messageId, ...facts } = refusal.facts ?? {};
  return lanes !== undefined && fields?.includes('lane') ? { ...refusal, facts } : refusal;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (input: unknown): input is Fields =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

/** The message with its account and its key, where the API key may send it. */
function inScope(
  input: Fields,
  { grant, key, base }: SendCall,
  { accounts }: SendTools,
): { readonly message: NewMessage } | { readonly refusal: Refusal } {
  const spotOf = inBody(base);
  const named = input['account'];
  if (named !== undefined && typeof named !== 'string')
    return { refusal: messageRefusal([new MessageError('ACCOUNT_UNKNOWN', 'account')], spotOf) };
  const account = accountFor(grant, named, [...accounts.keys()]);
  if (account === undefined) return { refusal: accountRefusal({ pointer: `${base}/account` }) };
  const lane = input['lane'] ?? defaultLane;
  if (!mayUseLane(grant, lane)) return { refusal: laneRefusal({ pointer: `${base}/lane` }) };
  // Said outright, it must be that of an earlier message under the same key.
  const keyed = withKey({ ...input, account, ...(grant.lanes ? { lane } : {}) }, key);
  if ('refusal' in keyed) return keyed;
  return { message: keyed.fields as unknown as NewMessage }; // send() itself looks at every field, and refuses what is none
}

/** The producer tells the first problem of a message; a person who mends it wants to know all. */
function allProblems(error: unknown, message: NewMessage, base: string, { accounts }: SendTools): Refusal {
  const rules = accounts.get(message.account ?? '');
  if (!isMessageError(error) || rules === undefined) return refusalOf(error, inBody(base));
  const others = messageProblems(message, { ...rules, nowMs: Date.now() }).filter(
    ({ code, field }) => code !== error.code || field !== error.field,
  );
  return messageRefusal([error, ...others], inBody(base));
}
