import { writeDate } from '../clock.ts';
import type { Endpoint } from '../endpoint.ts';
import { refusalLine } from '../replies.ts';
import { answerReport, type ReportAnswer, type ReportRow } from '../report-question.ts';
import type { ProviderRefusal } from '../submission.ts';
import { readLogin, readQuery } from './query.ts';
import { textReply, type XmlEndpointOptions } from './xml-endpoint.ts';

/** `xmlreport`: asks what became of the messages of a group, one line a record. */
export function createXmlReportEndpoint({ provider, lineEnd }: XmlEndpointOptions): Endpoint {
  const early = { surface: 'xml', on: 'report', operation: 'xmlreport' } as const;
  const write = (answer: ReportAnswer) => textReply(linesOf(answer).join(lineEnd || '\n') + lineEnd);
  return {
    early: () => early,
    read(body, request) {
      const query = readQuery(body, request);
      const question = {
        login: readLogin(query),
        topic: { kind: 'group', groupId: query.get('groupid') ?? '' },
        filter: query.get('status') ?? '',
      } as const;
      return {
        facts: { ...early, username: question.login.username },
        question,
        answer() {
          const answer = answerReport(provider, question);
          if (answer.kind === 'unknown-group') provider.tally.refused(unknownGroup.code);
          return write(answer);
        },
        refuse: (refusal) => write({ kind: 'refused', refusal }),
      };
    },
  };
}

/** As one client knows it. It has nothing to do with credit, unlike the 11 of a send. */
const unknownGroup: ProviderRefusal = { code: '11', text: '- Unrecognized GroupId' };

function linesOf(answer: ReportAnswer): readonly string[] {
  if (answer.kind === 'rows') return answer.rows.map(lineOf);
  return [refusalLine(answer.kind === 'refused' ? answer.refusal : unknownGroup)];
}

/** Our choice: report-lines. A space between the fields; the old fixed columns cannot hold today's group ids. */
function lineOf({ groupId, number, status, deliveredAt }: ReportRow): string {
  const line = `${groupId} ${number} ${status}`;
  return deliveredAt === undefined ? line : `${line} ${writeDate(deliveredAt)}`;
}
