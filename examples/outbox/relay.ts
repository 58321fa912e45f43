// Hands the rows of the outbox to jetsms. Run one or several of it, and kill them whenever you like.
import { setTimeout as pause } from 'node:timers/promises';
import {
  createProducer,
  isMessageError,
  isProducerError,
  type MessageError,
  type ProducerError,
} from 'jetsms-producer';
import { inTransaction, openPool } from './outbox.ts';

const { DATABASE_URL = 'postgres://127.0.0.1/app', REDIS_URL = 'redis://127.0.0.1:6379' } = process.env;
const week = 7 * 24 * 60 * 60 * 1_000;
const pool = openPool(DATABASE_URL);
const accounts = { default: { title: 'FIRMA' } };
const producer = createProducer({ redis: REDIS_URL, accounts, idempotencyWindowMs: week });

const takeRows = `SELECT id, recipient, body FROM sms_outbox WHERE message_id IS NULL AND problem IS NULL
  ORDER BY created_at LIMIT 200 FOR UPDATE SKIP LOCKED`;
const markRows = `UPDATE sms_outbox AS o SET message_id = done.message_id, problem = done.problem
  FROM jsonb_to_recordset($1) AS done(id uuid, message_id text, problem text) WHERE o.id = done.id`;
type Row = Readonly<Record<'id' | 'recipient' | 'body', string>>;

/** A row that can never be sent stops no other; all else, such as Redis being away, is tried again. */
const isHopeless = (error: unknown): error is MessageError | ProducerError =>
  isMessageError(error) || (isProducerError(error) && error.code === 'IDEMPOTENCY_CONFLICT');

/** Enqueues a row under its id: what an earlier relay has enqueued, and died before it said so, is not enqueued again. */
const enqueue = ({ id, recipient, body }: Row): Promise<object> =>
  producer.send({ to: recipient, text: body, idempotencyKey: id }).then(
    (receipt) => ({ id, message_id: receipt.id }),
    (error: unknown) => {
      if (isHopeless(error)) return { id, problem: error.code };
      throw error;
    },
  );

/** Enqueues what waits, at most 200 rows, which no other relay gets meanwhile; gives how many. */
const relay = (): Promise<number> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<Row>(takeRows);
    await client.query(markRows, [JSON.stringify(await Promise.all(rows.map(enqueue)))]);
    return rows.length;
  });

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
console.log('outbox: relay started');
while (!stop.signal.aborted) {
  const rows = await relay().catch((error: Error) => console.error(`outbox: ${error.message}`));
  if (!rows) await pause(500, undefined, { signal: stop.signal }).catch(() => {});
}
await producer.close();
await pool.end();
