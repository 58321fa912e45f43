import { Pool, type PoolClient } from 'pg';

export interface Sms {
  readonly to: string;
  readonly text: string;
}

/** Connections to the app's database that live through its restarts. */
export function openPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, connectionTimeoutMillis: 5_000 });
  // Whoever waits for an answer is told that its connection broke; without a listener Node would end the process too.
  const ignore = (): void => {};
  return pool.on('error', ignore).on('connect', (client) => void client.on('error', ignore));
}

/**
 * Writes an SMS into the outbox, within the transaction of this client: where that is committed the message will be sent,
 * where it is rolled back there never was one.
 */
export async function putSms(client: PoolClient, { to, text }: Sms): Promise<void> {
  await client.query('INSERT INTO sms_outbox (recipient, body) VALUES ($1, $2)', [to, text]);
}

/** Runs `work` in a transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    client.release(true); // closes the connection, and with it the transaction, whatever state it is in
    throw error;
  }
}
