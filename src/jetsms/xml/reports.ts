import { parseReply } from '../../codes/index.ts';
import { decodeReply } from '../../codes/parse-reply.ts';
import { failureOfReport } from '../report-codes.ts';
import { type ReportRow, reportRow } from '../report-row.ts';
import { readReportTime } from '../report-time.ts';
import type { SurfaceReports } from '../surface.ts';

/** The filter for reports of any status. */
const everyStatus = '5';

/**
 * `xmlreport`, by GET: one line of text a recipient. Source: two independent clients of the XML interface (about 2009 and
 * 2010), which read it by columns that group ids of today do not fit.
 */
export const xmlReports: SurfaceReports = {
  address: ({ url, reportUrl }) => reportUrl || new URL('xmlreport', url.replace(/\/+$/, '')).href,
  byGroup: {
    ask(groupId, { http, account, signal }) {
      const { username, password } = account;
      const query = new URLSearchParams({ username, password, groupid: groupId, status: everyStatus });
      return http.get({ path: `${new URL(xmlReports.address(account)).pathname}?${query}`, signal });
    },
    read({ status, body }, groupId, { password }) {
      if (status !== 200) return undefined;
      const text = decodeReply(body).trim();
      const rows = errorReply.test(text) ? [] : rowsOf(text, groupId);
      return rows.length > 0 ? rows : failureOfReport(parseReply(text), password);
    },
  },
  byIds: undefined,
  search: undefined,
};

/** `10 wrong user`, `11 - Unrecognized GroupId`, a bare code: a row begins with more digits, or goes on with digits. */
const errorReply = /^\d{2,3}(?:\s+\D|\s*$)/;

/** Our choice, since it is not known what stands between the columns: any of these. */
const separator = /[\s;,|/]+/;
const numberToken = /^\+?\d{10,13}$/;
const statusToken = /^-?\d{1,2}$/;

/** A line without a number is no row: our choice, it says nothing of anybody. */
function rowsOf(text: string, groupId: string): readonly ReportRow[] {
  return text.split(/[\r\n]+/).flatMap((line) => rowOf(line, groupId) ?? []);
}

/** A line holds the group id, the number, one digit of status and, of a delivered message, the time at its end. */
function rowOf(line: string, groupId: string): ReportRow | undefined {
  const tokens = line.split(separator).filter((token) => token !== '');
  const group = tokens.indexOf(groupId);
  // An old group id has as many digits as a number.
  const others = tokens.filter((_, place) => place !== group);
  const numberAt = others.findIndex((token) => numberToken.test(token));
  const number = others[numberAt];
  if (number === undefined) return undefined;
  const behind = others.slice(numberAt + 1);
  const status = [...behind, ...others.slice(0, numberAt)].find((token) => statusToken.test(token)) ?? '';
  // The time is one word, or a date and a clock.
  const deliveredAt = readReportTime(behind.at(-1) ?? '') ?? readReportTime(behind.slice(-2).join(' '));
  return reportRow({ number, status, deliveredAt });
}
