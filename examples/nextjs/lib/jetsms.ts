import { createProducer, type Producer } from 'jetsms-producer';

/** Next loads modules anew, in development with every change, so the producer is kept outside of them. */
const kept = globalThis as { jetsms?: Producer };

/** The process's producer, opened by the first call: `next build` loads this file too, where no Redis is. */
export const jetsms = (): Producer =>
  (kept.jetsms ??= createProducer({
    redis: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    accounts: { default: { title: 'FIRMA' } },
  }));
