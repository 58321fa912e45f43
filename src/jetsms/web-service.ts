import { parseReply } from '../codes/index.ts';
import { type LengthRule, type MessageType, messageTypes } from '../settings/account.ts';
import { outcomeOfStatus } from './http-outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Parcel, ParcelMedia } from './parcel.ts';
import { commonText, expireDateOf, ParcelError } from './parcel-reading.ts';
import { outcomeOfReply } from './reply-outcome.ts';
import { listParameter, parameter, readSoap, type SoapRequest, soapRequest } from './soap.ts';
import type { Login, ReplyContext, ReplyReading, Surface, SurfaceReply } from './surface.ts';
import { outcomeOfFault, readWebServiceReply } from './web-service-reply.ts';

/** How an account uses the web service. */
export interface WebServiceOptions {
  /** `v2` carries our message ids and answers per recipient; `v1` is for accounts without it. */
  readonly operations: 'v2' | 'v1';
  /** What becomes of a text that is too long: nothing is sent, the others are, or all in parts. */
  readonly onLengthProblem: LengthRule;
  /** Sends by SendSMSAdvanced, whatever `operations` says. */
  readonly advanced?: AdvancedOptions;
}

export interface AdvancedOptions {
  readonly messageType: MessageType;
  /** For every message; at most 40 characters. */
  readonly messageHeader: string;
}

export const defaultWebServiceOptions: WebServiceOptions = {
  operations: 'v2',
  onLengthProblem: 'RejectAllPackage',
};

/**
 * The request that sends a parcel: SendMMS where it has media, SendSMSAdvanced where that is asked for, else
 * SendSMSBroadcast (one text) or SendSMS (many), in their V2 where the account has it.
 *
 * Parameters stand in the order of the provider's WSDL, which spells `receipents`. Those that only the WSDL
 * of 2020 has are left out: the service takes a missing one as empty.
 * @throws ParcelError MMS_TEXTS_DIFFER
 */
export function buildWebServiceRequest(
  parcel: Parcel,
  login: Login,
  options: WebServiceOptions = defaultWebServiceOptions,
): SoapRequest {
  const head = headOf(parcel, login);
  if (parcel.media) return soapRequest('SendMMS', head + mmsOf(parcel, parcel.media));
  if (options.advanced)
    return soapRequest('SendSMSAdvanced', head + advancedOf(parcel, options, options.advanced));
  const text = commonText(parcel);
  const operation = text === undefined ? 'SendSMS' : 'SendSMSBroadcast';
  const texts = text === undefined ? textsOf(parcel) : parameter('broadcastMessage', text);
  const body = head + texts + receipentsOf(parcel);
  if (options.operations === 'v1') return soapRequest(operation, body + tailOf(options));
  const operationV2 = `${operation}_V2`;
  const sources = operationV2 === 'SendSMS_V2' ? emptySources : '';
  return soapRequest(operationV2, body + messageIdsOf(parcel) + tailOf(options) + sources);
}

/** An empty start date means now. */
function headOf(parcel: Parcel, login: Login): string {
  return (
    parameter('user', login.username) +
    parameter('password', login.password) +
    parameter('originator', parcel.title) +
    parameter('reference', '') +
    parameter('startdate', '') +
    parameter('expiredate', expireDateOf(parcel))
  );
}

function textsOf({ messages }: Parcel): string {
  return listParameter(
    'messages',
    messages.map(({ text }) => text),
  );
}

function receipentsOf({ messages }: Parcel): string {
  return listParameter(
    'receipents',
    messages.map(({ to }) => to),
  );
}

function messageIdsOf({ messages }: Parcel): string {
  return listParameter(
    'messageIds',
    messages.map(({ id }) => id),
  );
}

const filters =
  '<exclusionstarttime></exclusionstarttime><exclusionexpiretime></exclusionexpiretime>' +
  '<channel></channel><blacklistfilter></blacklistfilter><optinfilter></optinfilter>';
const emptySources =
  '<sourceMACAddress></sourceMACAddress><sourceLocation></sourceLocation><sourceIPAddress></sourceIPAddress>';

/** `onlengthproblem` is the one parameter that the service does not take empty. */
function tailOf({ onLengthProblem }: WebServiceOptions): string {
  return `${filters}<x></x>${parameter('onlengthproblem', onLengthProblem)}`;
}

function advancedOf(parcel: Parcel, options: WebServiceOptions, advanced: AdvancedOptions): string {
  const { messageType, messageHeader } = advanced;
  const headers = listParameter(
    'messageHeader',
    parcel.messages.map(() => messageHeader),
  );
  const type = parameter('messageType', String(messageTypes.indexOf(messageType)));
  return textsOf(parcel) + receipentsOf(parcel) + type + headers + tailOf(options);
}

/** SendMMS has neither `x` nor `onlengthproblem`. */
function mmsOf(parcel: Parcel, { subject, contentType, dataBase64 }: ParcelMedia): string {
  const text = commonText(parcel);
  if (text === undefined) throw new ParcelError('MMS_TEXTS_DIFFER');
  return (
    receipentsOf(parcel) +
    parameter('subject', subject) +
    parameter('message', text) +
    parameter('mmsContentDataBase64', dataBase64) +
    parameter('mmsContentType', contentType) +
    filters
  );
}

/** JetSMS over SOAP. */
export function webServiceSurface(options: WebServiceOptions = defaultWebServiceOptions): Surface {
  return {
    buildRequest: (parcel, login) => buildWebServiceRequest(parcel, login, options),
    readReply: (reply, context) =>
      readSoapReply(reply, context) ?? { outcome: outcomeWithoutSoap(reply, context) },
  };
}

/** A result comes with 2xx, a SOAP fault also with 500; with any other status the status speaks. */
function readSoapReply(
  { status, headers, body }: SurfaceReply,
  context: ReplyContext,
): ReplyReading | undefined {
  if (outcomeOfStatus(status, headers, context.nowMs) === undefined)
    return readWebServiceReply(body, context);
  const reading = status === 500 ? readSoap(body) : undefined;
  return reading?.kind === 'fault' ? { outcome: outcomeOfFault(reading, context.withheld) } : undefined;
}

function outcomeWithoutSoap({ status, headers, body }: SurfaceReply, context: ReplyContext): Outcome {
  const bySelf = outcomeOfStatus(status, headers, context.nowMs);
  if (bySelf) return bySelf;
  if (beginsAsXml.test(body.toString('latin1', 0, 200)))
    return { kind: 'uncertain', cause: context.cut ?? 'malformed-reply' };
  return outcomeOfReply(parseReply(body, { isCut: context.cut !== undefined }), context);
}

/** XML that could not be read as SOAP, most likely cut; a page begins otherwise. */
const beginsAsXml = /^\W*<(?:\?xml|(?:\w+:)?Envelope)\b/;
