import type { LengthRule } from '../../message/length-rule.ts';
import { type MessageType, messageTypes } from '../../settings/account.ts';
import type { ProviderRequest, RequestMedia } from '../provider-request.ts';
import { commonText, expireDateOf, ProviderRequestError } from '../provider-request-reading.ts';
import type { RequestLogin } from '../surface.ts';
import { noSwitches, type Switches } from '../switches.ts';
import { listParameter, parameter, type SoapRequest, soapRequest } from './soap.ts';

/** How an account uses the web service. */
export interface WebServiceOptions {
  /** `v2` carries our message ids and answers per recipient; `v1` is for accounts without it. */
  readonly operations: 'v2' | 'v1';
  /** What becomes of a text that is too long: nothing is sent, the others are, or all in parts. */
  readonly onLengthProblem: LengthRule;
  /** Sends by SendSMSAdvanced, whatever `operations` says. */
  readonly advanced?: AdvancedOptions;
  /** None where missing. */
  readonly switches?: Switches;
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
 * A request as the web service takes it: SendMMS where it has media, SendSMSAdvanced where that is asked for, else
 * SendSMSBroadcast (one text) or SendSMS (many), in their V2 where the account has it.
 *
 * Parameters stand in the order of the provider's WSDL, which spells `receipents`. Those that only the WSDL
 * of 2020 has are left out: the service takes a missing one as empty.
 * @throws ProviderRequestError MMS_TEXTS_DIFFER
 */
export function buildWebServiceRequest(
  request: ProviderRequest,
  login: RequestLogin,
  options: WebServiceOptions = defaultWebServiceOptions,
): SoapRequest {
  const head = headOf(request, login);
  if (request.media) return soapRequest('SendMMS', head + mmsOf(request, request.media, options));
  if (options.advanced)
    return soapRequest('SendSMSAdvanced', head + advancedOf(request, options, options.advanced));
  const text = commonText(request);
  const operation = text === undefined ? 'SendSMS' : 'SendSMSBroadcast';
  const texts = text === undefined ? textsOf(request) : parameter('broadcastMessage', text);
  const body = head + texts + receipentsOf(request);
  const later = laterTailOf(options);
  if (options.operations === 'v1') return soapRequest(operation, body + tailOf(options) + later);
  const operationV2 = `${operation}_V2`;
  const sources = operationV2 === 'SendSMS_V2' ? emptySources : '';
  return soapRequest(operationV2, body + messageIdsOf(request) + tailOf(options) + sources + later);
}

/** An empty start date means now. */
function headOf(request: ProviderRequest, login: RequestLogin): string {
  return (
    parameter('user', login.username) +
    parameter('password', login.password) +
    parameter('originator', request.title) +
    parameter('reference', request.reference ?? '') +
    parameter('startdate', '') +
    parameter('expiredate', expireDateOf(request))
  );
}

function textsOf({ messages }: ProviderRequest): string {
  return listParameter(
    'messages',
    messages.map(({ text }) => text),
  );
}

function receipentsOf({ messages }: ProviderRequest): string {
  return listParameter(
    'receipents',
    messages.map(({ to }) => to),
  );
}

function messageIdsOf({ messages }: ProviderRequest): string {
  return listParameter(
    'messageIds',
    messages.map(({ id }) => id),
  );
}

function filtersOf({ switches = noSwitches }: WebServiceOptions): string {
  const { exclusionStart, exclusionExpire, channel, blacklistFilter } = switches;
  return (
    parameter('exclusionstarttime', exclusionStart) +
    parameter('exclusionexpiretime', exclusionExpire) +
    parameter('channel', channel) +
    parameter('blacklistfilter', blacklistFilter) +
    '<optinfilter></optinfilter>'
  );
}

/**
 * What the service has learned later, left out where nothing is set. Our choice: every send carries the codes of İYS
 * behind `iysfilter`, an MMS too; which operations know them, and in what order, is not public.
 */
function laterTailOf({ switches = noSwitches }: WebServiceOptions): string {
  const { iysFilter, iysCode, iysBrandCode, iysRecipientType } = switches;
  return (
    optionalParameter('iysfilter', iysFilter) +
    optionalParameter('iyscode', iysCode) +
    optionalParameter('iysbrandcode', iysBrandCode) +
    optionalParameter('iysrecipienttype', iysRecipientType)
  );
}

const optionalParameter = (name: string, value: string): string =>
  value === '' ? '' : parameter(name, value);

const emptySources =
  '<sourceMACAddress></sourceMACAddress><sourceLocation></sourceLocation><sourceIPAddress></sourceIPAddress>';

/** `onlengthproblem` is the one parameter that the service does not take empty. */
function tailOf(options: WebServiceOptions): string {
  return `${filtersOf(options)}<x></x>${parameter('onlengthproblem', options.onLengthProblem)}`;
}

function advancedOf(request: ProviderRequest, options: WebServiceOptions, advanced: AdvancedOptions): string {
  const { messageType, messageHeader } = advanced;
  const headers = listParameter(
    'messageHeader',
    request.messages.map(() => messageHeader),
  );
  const type = parameter('messageType', String(messageTypes.indexOf(messageType)));
  return textsOf(request) + receipentsOf(request) + type + headers + tailOf(options) + laterTailOf(options);
}

/** SendMMS has neither `x` nor `onlengthproblem`. */
function mmsOf(
  request: ProviderRequest,
  { subject, contentType, dataBase64 }: RequestMedia,
  options: WebServiceOptions,
): string {
  const text = commonText(request);
  if (text === undefined) throw new ProviderRequestError('MMS_TEXTS_DIFFER');
  return (
    receipentsOf(request) +
    parameter('subject', subject) +
    parameter('message', text) +
    parameter('mmsContentDataBase64', dataBase64) +
    parameter('mmsContentType', contentType) +
    filtersOf(options) +
    laterTailOf(options)
  );
}
