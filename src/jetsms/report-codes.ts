import { type CodeRow, findRow, type Reply } from '../codes/index.ts';
import { malformed, refusalOf } from './query.ts';
import { causeOfNoReply } from './reply-outcome.ts';
import type { QueryFailure } from './surface.ts';

/**
 * What the error replies of `xmlreport` mean (one client, about 2009). They are not the codes of a send: 11 is no lack
 * of credit. Whether the web service has the same is not public; our choice is to read them alike.
 */
const reportCodes: ReadonlyMap<string, string> = new Map([
  ['10', 'wrong user name or password'],
  ['11', 'the group id is not known'],
  ['99', 'a system error'],
]);

/** Codes that mean in the answer to a report something else than in the answer to a send. */
const unlikeSends: ReadonlySet<string> = new Set(['11']);

/** What an error reply to a question for reports means, in words; undefined for a code that is not known there. */
export function reportCodeInWords(code: string): string | undefined {
  return reportCodes.get(code);
}

/** Why a reply that holds no reports is no answer. */
export function failureOfReport(reply: Reply, password: string): QueryFailure {
  if (reply.kind === 'not-a-reply') return { kind: 'uncertain', cause: causeOfNoReply[reply.cause] };
  // An acceptance, where nothing was sent that could be accepted.
  return reply.code === '00' ? malformed : refusalOf(reply, password, rowOfReportCode);
}

function rowOfReportCode(code: string, text: string): CodeRow | undefined {
  return unlikeSends.has(code) ? undefined : findRow(code, text);
}
