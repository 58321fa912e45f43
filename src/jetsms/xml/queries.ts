import { decodeReply } from '../../codes/parse-reply.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { AccountQuestion, SurfaceQueries } from '../surface.ts';

/** `examine`, by GET. Source: two independent clients of the XML interface. */
export const examineQueries: SurfaceQueries = {
  ask: (question, { http, account, signal }) => http.get({ path: examinePath(account, question), signal }),
  read({ status, body }, question) {
    if (status !== 200) return undefined;
    const text = decodeReply(body).trim();
    if (text.startsWith('<')) return { kind: 'uncertain', cause: 'html-reply' };
    return question === 'titles' ? text.split(titleSeparator) : [text];
  },
};

/** Our choice, since the form is not known: titles stand on lines, or between these marks. */
const titleSeparator = /[\r\n\t,;|]+/;

/** `examine` lies beside `xmlsms`. */
function examinePath({ url, username, password }: AccountSettings, question: AccountQuestion): string {
  const examine = new URL('examine', url.replace(/\/+$/, ''));
  const type = question === 'credit' ? 'charge' : 'titles';
  return `${examine.pathname}?${new URLSearchParams({ username, password, type })}`;
}
