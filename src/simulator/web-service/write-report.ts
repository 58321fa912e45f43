import { writeDate } from '../clock.ts';
import type { HttpReply } from '../http.ts';
import type { ReportAnswer, ReportRow } from '../report-question.ts';
import type { SoapOperation } from './operations.ts';
import type { Parameters } from './read-call.ts';
import { leaf, writeResult } from './write.ts';

/** The answer of an operation that reports. */
export function writeReport(
  operation: SoapOperation,
  answer: ReportAnswer,
  parameters: Parameters,
): HttpReply {
  switch (operation.result) {
    case 'report-v2':
      return writeResult(operation, messageResponse(answer));
    case 'report-detail':
      return writeResult(operation, array('ReportSMSDetailedResult', answer, detailWriter(parameters)));
    default:
      return writeResult(operation, array('ReportSMSResult', answer, reportRow));
  }
}

/** MessageResponseV2. */
function messageResponse(answer: ReportAnswer): string {
  const { code, text } = answer.kind === 'refused' ? answer.refusal : { code: '00', text: '' };
  const rows = answer.kind === 'rows' ? answer.rows : [];
  const array = `<MessageReportArray>${rows.map(messageReport).join('')}</MessageReportArray>`;
  return leaf('ResponseCode', code) + leaf('ResponseMessage', text) + array;
}

/** Our choice: report-fields. Dates as they are written in requests; every row has ResponseCode 00 and no retries. */
function messageReport(row: ReportRow): string {
  const { number, status, messageId } = row;
  const inner = leaf('GsmNumber', number) + leaf('Status', status) + dates('SentDate', row);
  return `<MessageReport>${inner}${leaf('MessageId', messageId)}${trailer()}</MessageReport>`;
}

function reportRow(row: ReportRow): string {
  const { groupId, number, status } = row;
  return (
    leaf('ID', groupId) + leaf('Phone', number) + leaf('Status', status) + dates('SendDate', row) + trailer()
  );
}

function detailWriter(parameters: Parameters): (row: ReportRow) => string {
  // Our choice: report-text. The text is there unless `istext` says no; the first version had no such parameter.
  const hasText = !/^(?:0|false)$/i.test(parameters.text('istext'));
  return (row) => {
    const { groupId, number, status, title, createdAt, text } = row;
    const head =
      leaf('ID', groupId) + leaf('Phone', number) + leaf('Status', status) + dates('SendDate', row);
    const about = leaf('Originator', title) + leaf('CreateDate', writeDate(createdAt));
    return head + about + leaf('MessageText', hasText ? text : '') + trailer();
  };
}

function dates(sent: 'SentDate' | 'SendDate', { sentAt, deliveredAt }: ReportRow): string {
  const delivered = deliveredAt === undefined ? '' : writeDate(deliveredAt);
  return leaf(sent, writeDate(sentAt)) + leaf('DeliveredDate', delivered);
}

const trailer = (): string => leaf('ResponseCode', '00') + leaf('SendRetryCount', '0');

/**
 * An array of rows. Our choice: report-refusal. A refusal is one row about nobody, code in ResponseCode and words in ID;
 * for a group that is not known there is no row, as one client assumes.
 */
function array(name: string, answer: ReportAnswer, write: (row: ReportRow) => string): string {
  const rows = answer.kind === 'rows' ? answer.rows.map(write) : [];
  if (answer.kind === 'refused') {
    rows.push(leaf('ID', answer.refusal.text) + leaf('ResponseCode', answer.refusal.code));
  }
  return rows.map((row) => `<${name}>${row}</${name}>`).join('');
}
