import { Pool } from 'undici';
import type { OtherJob } from './message.ts';

/** One POST per message, over a pool of connections that stay open. */
export function openPost(
  providerUrl: string,
  connections: number,
): (job: OtherJob) => Promise<{ readonly groupId: string }> {
  const pool = new Pool(providerUrl, { connections, pipelining: 1 });
  return async (job) => {
    const { statusCode, body } = await pool.request({
      path: '/SMS-Web/xmlsms',
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: document(job),
    });
    const text = await body.text();
    if (statusCode !== 200 || !text.startsWith('00 ')) throw new Error(`refused: ${statusCode}`);
    return { groupId: text.slice(3) };
  };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => escapes[character] ?? '');

const document = ({ title, to, text }: OtherJob): string =>
  `<?xml version="1.0" encoding="utf-8"?><message-context type="smmgsd"><username>bench</username>` +
  `<password>bench</password><outbox-name>${escaped(title)}</outbox-name><reference></reference>` +
  `<start-date></start-date><expire-date></expire-date><text>${escaped(text)}</text><gsmnos>${to}</gsmnos>` +
  `</message-context>`;
