import { parseReply } from '../../codes/index.ts';
import { surfaceFacts } from '../../message/surface.ts';
import type { AccountSettings } from '../../settings/account.ts';
import { outcomeOfStatus } from '../http-outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { ProviderRequest } from '../provider-request.ts';
import { outcomeOfReply } from '../reply-outcome.ts';
import type { ReplyContext, ReplyReading, Surface, SurfaceReply } from '../surface.ts';
import { switchesOf } from '../switches.ts';
import { reportQueries } from './queries.ts';
import { outcomeOfFault, readWebServiceReply } from './reply.ts';
import { webServiceReports } from './reports.ts';
import { buildWebServiceRequest, type WebServiceOptions } from './request.ts';
import { readSoap } from './soap.ts';

/** JetSMS over SOAP. */
export const webServiceSurface: Surface = {
  carriesMms: surfaceFacts['web-service'].carriesMms,
  send: (request, { http, account, signal }) =>
    http.post({ ...buildWebServiceRequest(request, account, webServiceOptionsOf(account, request)), signal }),
  readReply: (reply, context) =>
    readSoapReply(reply, context) ?? { outcome: outcomeWithoutSoap(reply, context) },
  queries: reportQueries,
  reports: webServiceReports,
};

/** How an account uses the web service for a request. */
function webServiceOptionsOf(
  account: AccountSettings,
  { lane = 'transactional' }: ProviderRequest,
): WebServiceOptions {
  const { webServiceOperations: operations, onLengthProblem, messageType, messageHeader } = account;
  const isAdvanced = messageType !== '' || messageHeader !== '';
  const advanced = { messageType: messageType || 'text', messageHeader };
  const switches = switchesOf(account, lane);
  return { operations, onLengthProblem, switches, ...(isAdvanced ? { advanced } : {}) };
}

/** Undefined where the body is not SOAP, or the status decides: a result comes with 2xx, a fault also with 500. */
function readSoapReply(
  { status, headers, body }: SurfaceReply,
  context: ReplyContext,
): ReplyReading | undefined {
  if (outcomeOfStatus(status, headers, context.nowMs) === undefined)
    return readWebServiceReply(body, context);
  const reading = status === 500 ? readSoap(body) : undefined;
  return reading?.kind === 'fault' ? { outcome: outcomeOfFault(reading, context.redactions) } : undefined;
}

function outcomeWithoutSoap({ status, headers, body }: SurfaceReply, context: ReplyContext): Outcome {
  const bySelf = outcomeOfStatus(status, headers, context.nowMs);
  if (bySelf) return bySelf;
  if (beginsAsXml.test(body.toString('latin1', 0, 200)))
    return { kind: 'uncertain', cause: context.cut ?? 'malformed-reply' };
  return outcomeOfReply(parseReply(body, { isCut: context.cut !== undefined }), context);
}

/** XML or SOAP, not an HTML page: where it could not be read, it was most likely cut. */
const beginsAsXml = /^\W*<(?:\?xml|(?:\w+:)?Envelope)\b/;
