import { Worker, type WorkerOptions } from 'bullmq';
import { Pool } from 'undici';

/**
 * What a careful developer would write with BullMQ and undici in an afternoon: one POST per job over a pool of
 * connections that stay open. It knows no reply codes, no marks, no holds.
 */
export function startPlainWorker(queue: string, providerUrl: string, options: WorkerOptions): Worker {
  const pool = new Pool(providerUrl, { connections: options.concurrency ?? 1, pipelining: 1 });
  return new Worker(
    queue,
    async (job) => {
      const { statusCode, body } = await pool.request({
        path: '/SMS-Web/xmlsms',
        method: 'POST',
        headers: { 'content-type': 'text/xml; charset=utf-8' },
        body: document(job.data.title, job.data.to[0], job.data.text),
      });
      const text = await body.text();
      if (statusCode !== 200 || !text.startsWith('00 ')) throw new Error(`refused: ${statusCode}`);
      return { groupId: text.slice(3) };
    },
    options,
  );
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => escapes[character] ?? '');

const document = (title: string, to: string, text: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><message-context type="smmgsd"><username>bench</username>` +
  `<password>bench</password><outbox-name>${escaped(title)}</outbox-name><reference></reference>` +
  `<start-date></start-date><expire-date></expire-date><text>${escaped(text)}</text><gsmnos>${to}</gsmnos>` +
  `</message-context>`;
