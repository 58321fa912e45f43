import type { ReportQuestion, ReportTopic } from '../report-question.ts';
import type { SoapOperation } from './operations.ts';
import type { Parameters } from './read-call.ts';

/** What an operation that reports asks about. */
export function readReportQuestion(operation: SoapOperation, parameters: Parameters): ReportQuestion {
  return {
    login: { username: parameters.text('user'), password: parameters.text('password') },
    topic: readTopic(operation, parameters),
    filter: parameters.text('status'),
  };
}

function readTopic({ result }: SoapOperation, parameters: Parameters): ReportTopic {
  switch (result) {
    case 'report-v2':
      return { kind: 'own-ids', messageIds: parameters.list('messageIds') };
    case 'report-detail':
      return {
        kind: 'search',
        from: parameters.text('startdate'),
        until: parameters.text('enddate'),
        number: parameters.text('gsmnumber'),
        title: parameters.text('originator'),
      };
    default:
      return { kind: 'group', groupId: parameters.text('groupid') };
  }
}
