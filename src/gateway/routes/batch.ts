import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { gatewayResults } from '../../metrics/labels.ts';
import { type Outcome, sentItem } from '../answers.ts';
import { type BatchRecords, createBatchRecords, type KeyedBatch } from '../batch-records.ts';
import { batchKeyRefusal, keyHeader, keyInHeader, keyOfItem } from '../idempotency.ts';
import { type Language, languageOf } from '../language.ts';
import { problemOf, type Refusal } from '../problem.ts';
import { refusal, refusalOf } from '../refusals.ts';
import { grantOf } from '../respond.ts';
import { type Sent, sendInput } from '../send.ts';
import { type RouteTools, resultOf } from '../tools.ts';
import { fieldsOf } from './params.ts';
import { serve } from './route.ts';

/** Messages of one batch. */
const mostOfBatch = 1_000;

/** Many messages in one request, each stored or refused for itself. */
export function batchRoutes(app: FastifyInstance, tools: RouteTools): void {
  const { redis, prefix, idempotencyWindowMs: windowMs } = tools;
  const records = createBatchRecords({ redis, prefix, windowMs });
  serve(app, 'sendBatch', (request, reply) => sendBatch(request, reply, { ...tools, records }));
}

interface BatchTools extends RouteTools {
  readonly records: BatchRecords;
}

async function sendBatch(request: FastifyRequest, reply: FastifyReply, tools: BatchTools): Promise<Outcome> {
  const header = keyInHeader(request.raw.headersDistinct['idempotency-key']);
  if ('refusal' in header) return header.refusal;
  const keyRefusal = batchKeyRefusal(header.key);
  if (keyRefusal) return keyRefusal;
  const { key } = header;
  const messages = fieldsOf(request.body, ['messages'])?.messages;
  if (!Array.isArray(messages)) return refusal('BODY_INVALID', { at: { pointer: '/messages' } });
  if (messages.length === 0) return refusal('BATCH_EMPTY', { at: { pointer: '/messages' } });
  if (messages.length > mostOfBatch) {
    const details = { count: messages.length, maximum: mostOfBatch };
    return refusal('BATCH_TOO_LARGE', { details, at: { pointer: '/messages' } });
  }
  const grant = grantOf(request);
  const batch = key === undefined ? undefined : { sender: grant.id, key, messages };
  const conflict = batch && (await conflictOf(batch, tools));
  if (conflict) return conflict;
  const sent = await Promise.all(
    messages.map((message: unknown, index) =>
      sendInput(message, { grant, key: keyOfItem(key, index), base: `/messages/${index}` }, tools),
    ),
  );
  count(sent, tools);
  const language = languageOf(request.headers['accept-language']);
  reply.header('content-language', language).header('vary', 'accept-language');
  const stored = sent.filter((one) => 'receipt' in one).length;
  const items = sent.map((one) => itemOf(one, language));
  const uncertain = sent.filter(isInDoubt).length;
  // Somebody mends all of it, and may send it under the same key.
  if (batch && stored + uncertain === 0) await tools.records.forget(batch).catch(() => {}); // then another key has to do
  return { status: 207, body: { stored, refused: sent.length - stored - uncertain, uncertain, items } };
}

/** Why a batch cannot be sent under its key. */
async function conflictOf(batch: KeyedBatch, { records }: BatchTools): Promise<Refusal | undefined> {
  try {
    return (await records.admit(batch))
      ? undefined
      : refusal('BATCH_CONFLICT', { at: { header: keyHeader } });
  } catch (error) {
    const why = refusalOf(error);
    if (why.flaws[0].code === 'UNEXPECTED') throw error;
    return why;
  }
}

/** Whoever sends it again without its key may text twice. */
const isInDoubt = (one: Sent): boolean =>
  'refusal' in one && (one.refusal.facts?.mayBeStored === true || one.refusal.status === 500);

const itemOf = (sent: Sent, language: Language): unknown =>
  'receipt' in sent ? sentItem(sent.receipt) : problemOf(sent.refusal, language);

function count(sent: readonly Sent[], { metrics, log }: RouteTools): void {
  const results = sent.map(resultOf);
  for (const result of gatewayResults) {
    const messages = results.filter((one) => one === result).length;
    if (messages > 0) metrics.gatewayMessages(result, messages);
  }
  for (const one of sent)
    if ('refusal' in one && one.refusal.flaws[0].code === 'UNEXPECTED')
      log.error({ err: one.error, operation: 'sendBatch' }, 'gateway.failed');
}
