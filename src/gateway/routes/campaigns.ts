import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { ManyReceipt } from '../../producer/many.ts';
import type { ManyProblem } from '../../producer/many-options.ts';
import { type CampaignState, campaignStates } from '../../queue/campaign.ts';
import { type Answer, campaignAnswer, type Outcome } from '../answers.ts';
import {
  campaignTextHeader,
  mayChangeCampaigns,
  maySeeCampaigns,
  readCampaignWish,
} from '../campaign-options.ts';
import { type Language, languageOf } from '../language.ts';
import { readParameters } from '../parameters.ts';
import type { Refusal } from '../problem.ts';
import { isProblemCode, sentenceOf } from '../problem.ts';
import { type ListFormat, type RowFault, readRecipients } from '../recipients.ts';
import { refusal } from '../refusals.ts';
import { grantOf } from '../respond.ts';
import { accountFor, accountRefusal } from '../scope.ts';
import type { RouteTools } from '../tools.ts';
import { fieldsOf, pathPart } from './params.ts';
import { orRefusal, perhapsDone, serve } from './route.ts';

/** Campaigns: send one while its list comes in, ask how far it is, pause, resume and cancel it. */
export function campaignRoutes(app: FastifyInstance, tools: RouteTools): void {
  // The body is handed on as it comes: no part of ours ever holds all of it.
  const streamed: FastifyPluginAsync = async (own) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser(['application/x-ndjson', 'text/csv'], (_request, payload, done) => {
      done(null, payload);
    });
    serve(own, 'sendCampaign', (request, reply) => sendCampaign(request, reply, tools));
  };
  void app.register(streamed);
  serve(app, 'getCampaign', (request) =>
    atCampaign(request, tools, async (id, account) =>
      campaignAnswer(await tools.producer.campaign(id, { account })),
    ),
  );
  serve(app, 'changeCampaign', (request) => change(request, tools));
}

async function sendCampaign(
  request: FastifyRequest,
  reply: FastifyReply,
  tools: RouteTools,
): Promise<Outcome> {
  const wish = readCampaignWish(request.query, request.headers[campaignTextHeader], {
    grant: grantOf(request),
    accounts: [...tools.accounts.keys()],
  });
  if ('refusal' in wish) return wish.refusal;
  const { body } = request;
  if (!(body instanceof Readable)) return refusal('MEDIA_TYPE_UNSUPPORTED');
  const list = readRecipients(body, formatOf(request));
  const language = languageOf(request.headers['accept-language']);
  reply.header('content-language', language).header('vary', 'accept-language');
  const spoken: SpokenProblem[] = [];
  const onProblem = (problem: ManyProblem): void => {
    const fault = list.faultAt(problem.index);
    if (spoken.length < keptProblems) spoken.push(inWords(problem, fault, language));
  };
  return orRefusal(
    async () => {
      const receipt = await tools.producer.sendMany(list.recipients, { ...wish.options, onProblem });
      if (!wish.options.dryRun) count(receipt, tools);
      return receiptAnswer(receipt, spoken);
    },
    (field) => (field === 'text' ? { header: 'Campaign-Text' } : { parameter: field }),
  );
}

/** As many as a receipt of the producer has. */
const keptProblems = 1_000;

const formatOf = ({ headers }: FastifyRequest): ListFormat =>
  headers['content-type']?.toLowerCase().startsWith('text/csv') ? 'csv' : 'ndjson';

/** A problem of a recipient as the sender of the list is told of it. */
interface SpokenProblem {
  readonly index: number;
  readonly code: string;
  readonly field: string;
  readonly detail: string;
}

function inWords(
  { index, code, field, message, details = {} }: ManyProblem,
  fault: RowFault | undefined,
  language: Language,
): SpokenProblem {
  if (fault) return { index, code: fault, field: 'line', detail: sentenceOf({ code: fault }, language) };
  return {
    index,
    code,
    field,
    detail: isProblemCode(code) ? sentenceOf({ code, details }, language) : message,
  };
}

function receiptAnswer(
  { problems: _problems, deadlineAt, ...receipt }: ManyReceipt,
  spoken: readonly SpokenProblem[],
): Answer {
  const known = deadlineAt === undefined ? {} : { deadlineAt };
  return { status: 202, body: { ...receipt, problems: spoken, ...known } };
}

function count({ messages, duplicates, refused }: ManyReceipt, { metrics }: RouteTools): void {
  if (messages > duplicates) metrics.gatewayMessages('stored', messages - duplicates);
  if (duplicates > 0) metrics.gatewayMessages('replayed', duplicates);
  if (refused > 0) metrics.gatewayMessages('refused', refused);
}

async function atCampaign(
  request: FastifyRequest,
  tools: RouteTools,
  work: (id: string, account: string) => Promise<Outcome>,
  toldAs?: (refusal: Refusal) => Refusal,
): Promise<Outcome> {
  const read = readParameters(request.query, ['account']);
  if ('refusal' in read) return read.refusal;
  const grant = grantOf(request);
  const account = accountFor(grant, read.parameters.account, [...tools.accounts.keys()]);
  if (account === undefined) return accountRefusal({ parameter: 'account' });
  if (!maySeeCampaigns(grant)) return refusal('LANE_NOT_ALLOWED');
  return orRefusal(
    () => work(pathPart(request, 'id'), account),
    (field) => ({ parameter: field }),
    toldAs,
  );
}

async function change(request: FastifyRequest, tools: RouteTools): Promise<Outcome> {
  if (!mayChangeCampaigns(grantOf(request))) return refusal('LANE_NOT_ALLOWED');
  const fields = fieldsOf(request.body, ['state']);
  if (!fields) return refusal('BODY_INVALID', { at: { pointer: '' } });
  const state = campaignStates.find((one) => one === fields.state);
  if (state === undefined) return refusal('BODY_INVALID', { at: { pointer: '/state' } });
  return atCampaign(request, tools, (id, account) => setState(id, account, state, tools), perhapsDone);
}

async function setState(
  id: string,
  account: string,
  state: CampaignState,
  { producer }: RouteTools,
): Promise<Outcome> {
  const isSet = await producer.setCampaign(id, state, { account });
  const progress = await producer.campaign(id, { account });
  return isSet || progress === undefined ? campaignAnswer(progress) : refusal('CAMPAIGN_CANCELLED');
}
