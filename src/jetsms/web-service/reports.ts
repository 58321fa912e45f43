import { parseReply, type Reply } from '../../codes/index.ts';
import { toIstanbul } from '../../message/istanbul-time.ts';
import { malformed } from '../query.ts';
import { failureOfReport } from '../report-codes.ts';
import { type FoundRow, type ReportRow, reportRow } from '../report-row.ts';
import { readReportTime } from '../report-time.ts';
import type { QueryBody, ReportQuery, SurfaceReports } from '../surface.ts';
import { outcomeOfFault, replyOfFields } from './reply.ts';
import { child, listParameter, parameter, readSoap, soapRequest, textOf } from './soap.ts';

/** The filter for reports of any status. Source: the provider's manual of the web service. */
const everyStatus = parameter('status', '5');

/** ReportSMS, ReportSMS_V2 and ReportSMSDetail. Source: code made from the provider's WSDL of 2017 and 2020. */
export const webServiceReports: SurfaceReports = {
  address: ({ url, reportUrl }) => reportUrl || url,
  byGroup: reportQuery({
    operation: 'ReportSMS',
    parameters: (groupId: string) => parameter('groupid', groupId) + everyStatus,
    // The array and each of its items have the same name.
    rowsIn: (result) => child(result, 'ReportSMSResult'),
    readRow: (row) => reportRow({ ...fieldsOf(row), number: textOf(child(row, 'Phone')) }),
  }),
  byIds: reportQuery({
    operation: 'ReportSMS_V2',
    parameters: (messageIds: readonly string[]) => listParameter('messageIds', messageIds) + everyStatus,
    rowsIn: (result) => child(child(result, 'MessageReportArray'), 'MessageReport'),
    readRow: (row): ReportRow =>
      reportRow({
        ...fieldsOf(row),
        messageId: textOf(child(row, 'MessageId')),
        number: textOf(child(row, 'GsmNumber')),
      }),
  }),
  search: reportQuery({
    operation: 'ReportSMSDetail',
    parameters: ({ number, title, fromMs, toMs }) =>
      parameter('startdate', toIstanbul(fromMs)) +
      parameter('enddate', toIstanbul(toMs)) +
      parameter('gsmnumber', number) +
      parameter('originator', title) +
      wantsText,
    rowsIn: (result) => child(result, 'ReportSMSDetailedResult'),
    readRow: readFound,
  }),
};

/**
 * Only the WSDL of 2020 has this parameter, a string whose values are not public. Our choice: by its name it asks for the
 * text, without which nothing can be recognised; an older service leaves out what it does not know.
 */
const wantsText = parameter('istext', '1');

interface ReportOperation<Question, Row> {
  readonly operation: string;
  /** What follows user and password, in the order of the WSDL. */
  parameters(question: Question): string;
  /** The rows of a result: none, one, or an array. */
  rowsIn(result: unknown): unknown;
  readRow(row: unknown): Row;
}

function reportQuery<Question, Row extends ReportRow>({
  operation,
  parameters,
  rowsIn,
  readRow,
}: ReportOperation<Question, Row>): ReportQuery<Question, Row> {
  return {
    ask(question, { http, account: { username, password }, signal }) {
      const login = parameter('user', username) + parameter('password', password);
      return http.post({ ...soapRequest(operation, login + parameters(question)), signal });
    },
    read({ status, body }, _question, { password }): QueryBody<Row> {
      if (status !== 200 && status !== 500) return undefined;
      const reading = readSoap(body);
      switch (reading.kind) {
        case 'fault':
          return outcomeOfFault(reading, () => [password]);
        case 'result':
          if (reading.cut) return { kind: 'uncertain', cause: 'cut-reply' };
          return readResult(reading.value, listOf(rowsIn(reading.value)), { readRow, password });
        case 'other':
          return undefined;
      }
    },
  };
}

/**
 * The rows of a result. Its form where JetSMS refuses is not public; our choice, as in the replies to a send: a code of
 * its own, a code in the place of the rows, or in a row that is about nobody.
 */
function readResult<Row extends ReportRow>(
  result: unknown,
  items: readonly unknown[],
  { readRow, password }: { readonly readRow: (row: unknown) => Row; readonly password: string },
): QueryBody<Row> {
  if (typeof result === 'string' && result.trim() === '') return [];
  const refusal = refusalIn(result);
  if (refusal) return failureOfReport(refusal, password);
  const rows = items.map(readRow);
  if (rows.some(({ number, status, messageId }) => number + status + messageId !== '')) return rows;
  if (rows.length > 0) return failureOfReport(replyOfRow(items[0]), password);
  return codeOf(result) === '' ? malformed : [];
}

const codeOf = (result: unknown): string =>
  textOf(child(result, 'ResponseCode')) || textOf(child(result, 'ErrorCode'));

/** What a result says instead of rows: text, or a code that is not `00`. */
function refusalIn(result: unknown): Reply | undefined {
  if (typeof result === 'string') return parseReply(result);
  const code = codeOf(result);
  if (/^0*$/.test(code)) return undefined;
  return replyOfFields(code, textOf(child(result, 'ResponseMessage')) || textOf(child(result, 'ID')));
}

/** A row about nobody: what it says instead. */
function replyOfRow(row: unknown): Reply {
  return replyOfFields(textOf(child(row, 'ResponseCode')), textOf(child(row, 'ID')));
}

/** The parser gives an element that occurs once without an array. */
function listOf(node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return node;
  return node === undefined || node === '' ? [] : [node];
}

function fieldsOf(row: unknown): { readonly status: string; readonly deliveredAt: number | undefined } {
  return {
    status: textOf(child(row, 'Status')),
    deliveredAt: readReportTime(textOf(child(row, 'DeliveredDate'))),
  };
}

function readFound(row: unknown): FoundRow {
  const createdAt = readReportTime(textOf(child(row, 'CreateDate')));
  const sentAt = readReportTime(textOf(child(row, 'SendDate')));
  return {
    ...reportRow({ ...fieldsOf(row), number: textOf(child(row, 'Phone')) }),
    title: textOf(child(row, 'Originator')),
    text: textOf(child(row, 'MessageText')),
    ...(createdAt !== undefined && { createdAt }),
    ...(sentAt !== undefined && { sentAt }),
  };
}
