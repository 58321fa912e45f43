import { parseReply } from '../../codes/index.ts';
import { surfaceFacts } from '../../message/surface.ts';
import { outcomeOfStatus } from '../http-outcome.ts';
import type { Accepted, RefusedByCode, Uncertain } from '../outcome.ts';
import { outcomeOfReply, type ReplySurroundings } from '../reply-outcome.ts';
import type { Surface } from '../surface.ts';
import { examineQueries } from './queries.ts';
import { xmlReports } from './reports.ts';
import { buildXmlRequest } from './request.ts';

/** JetSMS over XML: one document out, one line of plain text back. */
export const xmlSurface: Surface = {
  carriesMms: surfaceFacts.xml.carriesMms,
  send: (request, { http, account, signal }) => http.post({ ...buildXmlRequest(request, account), signal }),
  readReply({ status, headers, body }, context) {
    return { outcome: outcomeOfStatus(status, headers, context.nowMs) ?? readXmlReply(body, context) };
  },
  queries: examineQueries,
  reports: xmlReports,
};

/** What the body of a reply came to, where the status leaves it to the body. */
export function readXmlReply(
  bytes: Uint8Array,
  surroundings: ReplySurroundings = {},
): Accepted | RefusedByCode | Uncertain {
  return outcomeOfReply(parseReply(bytes, { isCut: surroundings.cut !== undefined }), surroundings);
}
