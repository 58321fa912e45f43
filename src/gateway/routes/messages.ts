import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SendAt } from '../../message/times.ts';
import type { MessageStatus } from '../../status/message-status.ts';
import { cancelAnswer, type Outcome, rescheduleAnswer, sentAnswer, statusAnswer } from '../answers.ts';
import { keyInHeader } from '../idempotency.ts';
import type { KeyGrant } from '../keys/grant.ts';
import { parameterRefusal, readParameters } from '../parameters.ts';
import { refusal } from '../refusals.ts';
import { grantOf } from '../respond.ts';
import { accountFor, accountRefusal, accountsOf } from '../scope.ts';
import { sendInput } from '../send.ts';
import { type RouteTools, resultOf } from '../tools.ts';
import { fieldsOf, pathPart } from './params.ts';
import { orRefusal, serve } from './route.ts';

/** One message: send it, ask about it, call it off, move it. */
export function messageRoutes(app: FastifyInstance, tools: RouteTools): void {
  serve(app, 'sendMessage', (request) => send(request, tools));
  serve(app, 'getMessage', async (request) =>
    statusAnswer(await statusOfId(pathPart(request, 'id'), grantOf(request), tools)),
  );
  serve(app, 'findMessage', (request) => find(request, tools));
  serve(app, 'cancelMessage', async (request) => {
    const id = pathPart(request, 'id');
    const account = await accountOfMessage(id, grantOf(request), tools);
    return account === undefined
      ? refusal('MESSAGE_UNKNOWN')
      : cancelAnswer(id, await tools.producer.cancel(id, account));
  });
  serve(app, 'rescheduleMessage', (request) => reschedule(request, tools));
}

async function send(request: FastifyRequest, tools: RouteTools): Promise<Outcome> {
  const header = keyInHeader(request.raw.headersDistinct['idempotency-key']);
  if ('refusal' in header) return header.refusal;
  const call = { grant: grantOf(request), key: header.key, base: '' };
  const sent = await sendInput(request.body, call, tools);
  if ('refusal' in sent && sent.refusal.flaws[0].code === 'UNEXPECTED') throw sent.error;
  tools.metrics.gatewayMessages(resultOf(sent), 1);
  return 'receipt' in sent ? sentAnswer(sent.receipt) : sent.refusal;
}

const unknown = (id: string): MessageStatus => ({ id, state: 'unknown' });

/** What a key may not see is unknown to it. */
const asSeenBy = (grant: KeyGrant, status: MessageStatus): MessageStatus => {
  const { lanes } = grant;
  const maySee = lanes === undefined || (status.lane !== undefined && lanes.includes(status.lane));
  return maySee ? status : unknown(status.id);
};

async function statusOfId(id: string, grant: KeyGrant, tools: RouteTools): Promise<MessageStatus> {
  const { producer, accounts } = tools;
  if (grant.accounts === undefined) return asSeenBy(grant, await producer.status(id));
  const own = accountsOf(grant, [...accounts.keys()]);
  const found = await Promise.all(own.map((account) => producer.status(id, { account })));
  return asSeenBy(grant, found.find(({ state }) => state !== 'unknown') ?? unknown(id));
}

async function find(request: FastifyRequest, tools: RouteTools): Promise<Outcome> {
  const read = readParameters(request.query, ['idempotency_key', 'account']);
  if ('refusal' in read) return read.refusal;
  const { idempotency_key: idempotencyKey, account: named } = read.parameters;
  if (idempotencyKey === undefined) return parameterRefusal('idempotency_key');
  const grant = grantOf(request);
  const account = accountFor(grant, named, [...tools.accounts.keys()]);
  if (account === undefined) return accountRefusal({ parameter: 'account' });
  return orRefusal(
    async () => statusAnswer(asSeenBy(grant, await tools.producer.status({ idempotencyKey, account }))),
    (field) => ({ parameter: field === 'account' ? 'account' : 'idempotency_key' }),
  );
}

/**
 * Where to look for a message that is to be changed; undefined where the key may not. A key for some accounts or lanes costs one
 * more question.
 */
async function accountOfMessage(
  id: string,
  grant: KeyGrant,
  tools: RouteTools,
): Promise<{ readonly account?: string } | undefined> {
  if (grant.accounts === undefined && grant.lanes === undefined) return {};
  const { state, account } = await statusOfId(id, grant, tools);
  return state === 'unknown' || account === undefined ? undefined : { account };
}

async function reschedule(request: FastifyRequest, tools: RouteTools): Promise<Outcome> {
  const id = pathPart(request, 'id');
  const fields = fieldsOf(request.body, ['sendAt']);
  if (!fields) return refusal('BODY_INVALID', { at: { pointer: '' } });
  const { sendAt } = fields;
  if (!isSendAt(sendAt)) return refusal('BODY_INVALID', { at: { pointer: '/sendAt' } });
  const account = await accountOfMessage(id, grantOf(request), tools);
  if (account === undefined) return refusal('MESSAGE_UNKNOWN');
  return rescheduleAnswer(id, await tools.producer.reschedule(id, sendAt, account));
}

/** What JSON can say of a time, or of a length of time. */
const isSendAt = (value: unknown): value is SendAt =>
  typeof value === 'string' || typeof value === 'number' || isWait(value);

const isWait = (value: unknown): value is { readonly in: string } =>
  typeof value === 'object' && value !== null && 'in' in value && typeof value.in === 'string';
