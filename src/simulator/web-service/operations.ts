import type { Purpose, SoapOperationName } from '../operation-names.ts';

/**
 * How an operation answers: `ErrorCode`/`ID`, a status for each recipient, a string, an array of strings, or reports in
 * one of three forms.
 */
export type ResultForm = 'send' | 'send-v2' | 'string' | 'strings' | ReportForm;
export type ReportForm = 'report' | 'report-v2' | 'report-detail';

/** A string, a list of strings, or the choice of what happens to a text that is too long. */
export type ParameterType = 'string' | 'strings' | 'length-rule';

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
}

/** One operation of the web service, as its WSDL declares it. */
export interface SoapOperation {
  readonly name: SoapOperationName;
  /** In the WSDL's order. */
  readonly parameters: readonly Parameter[];
  readonly result: ResultForm;
}

export const namespace = 'http://tempuri.org/';

const head = ['user', 'password', 'originator', 'reference', 'startdate', 'expiredate'];
const exclusion = ['exclusionstarttime', 'exclusionexpiretime'];
const tail = [...exclusion, 'channel', 'blacklistfilter', 'optinfilter', 'x', 'onlengthproblem'];
/** Added to the service between 2017 and 2020. */
const tail2020 = ['sendingrulefilter', 'domesticfilter', 'forceEnglish', 'iysfilter'];
/** Our choice: switches. One client reports them of the service of 2026, for SendSMSSingle; here every SMS has them. */
const tail2026 = ['iyscode', 'iysbrandcode', 'iysretailercode', 'iysrecipienttype'];
const source = ['sourceMACAddress', 'sourceLocation', 'sourceIPAddress'];

/** The operations that the simulator knows; the real service has more. `receipents` is spelled as the WSDL does. */
export const operations: readonly SoapOperation[] = [
  operation('SendSMS', 'send', [...head, 'messages[]', 'receipents[]', ...tail, ...tail2020, ...tail2026]),
  operation('SendSMSSingle', 'send', [...head, 'messages', 'receipents', ...tail, ...tail2020, ...tail2026]),
  operation('SendSMSBroadcast', 'send', [
    ...head,
    'broadcastMessage',
    'receipents[]',
    ...tail,
    ...tail2020,
    ...tail2026,
  ]),
  operation('SendSMS_V2', 'send-v2', [
    ...head,
    'messages[]',
    'receipents[]',
    'messageIds[]',
    ...tail,
    ...source,
    ...tail2020,
    ...tail2026,
  ]),
  operation('SendSMSBroadcast_V2', 'send-v2', [
    ...head,
    'broadcastMessage',
    'receipents[]',
    'messageIds[]',
    ...tail,
    ...tail2020,
    ...tail2026,
  ]),
  operation('SendSMSAdvanced', 'send', [
    ...head,
    'messages[]',
    'receipents[]',
    'messageType',
    'messageHeader[]',
    ...tail,
    ...tail2020,
    ...tail2026,
  ]),
  operation('SendMMS', 'send', [
    ...head,
    'receipents[]',
    'subject',
    'message',
    'mmsContentDataBase64',
    'mmsContentType',
    ...exclusion,
    'channel',
    'blacklistfilter',
    'optinfilter',
    'iysfilter',
  ]),
  operation('ReportQuota', 'string', ['user', 'password', 'channel']),
  operation('ReportOriginator', 'strings', ['user', 'password']),
  operation('ReportSMS', 'report', ['user', 'password', 'groupid', 'status']),
  operation('ReportSMS_V2', 'report-v2', ['user', 'password', 'messageIds[]', 'status']),
  operation('ReportSMSDetail', 'report-detail', [
    'user',
    'password',
    'startdate',
    'enddate',
    'gsmnumber',
    'originator',
    'istext',
  ]),
];

const purposeOf: Readonly<Record<ResultForm, Purpose>> = {
  send: 'send',
  'send-v2': 'send',
  string: 'account-query',
  strings: 'account-query',
  report: 'report',
  'report-v2': 'report',
  'report-detail': 'report',
};

/** What the operation is for. */
export function purpose({ result }: SoapOperation): Purpose {
  return purposeOf[result];
}

/** `name[]` is a list of strings. */
function operation(
  name: SoapOperationName,
  result: ResultForm,
  parameters: readonly string[],
): SoapOperation {
  return { name, result, parameters: parameters.map(parameter) };
}

function parameter(written: string): Parameter {
  if (written.endsWith('[]')) return { name: written.slice(0, -2), type: 'strings' };
  return { name: written, type: written === 'onlengthproblem' ? 'length-rule' : 'string' };
}
