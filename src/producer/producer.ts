import { loadNumberTables } from '../message/number.ts';
import type { Producer } from './calls.ts';
import { openStore } from './open-store.ts';
import { type ProducerOptions, resolveOptions } from './options.ts';
import { producerOver } from './producer-over.ts';

/**
 * Opens a producer. It connects by itself and fails fast: a send while Redis is away is refused after about a
 * second, at start too.
 *
 * @param options where Redis is, and what must be known of the accounts
 * @returns the producer
 * @throws ProducerError `PRODUCER_OPTIONS_INVALID` with all problems of the options at once
 * @example
 * import { createProducer } from 'jetsms-producer';
 *
 * const producer = createProducer({
 *   redis: 'redis://127.0.0.1:6379',
 *   accounts: { default: { title: 'FIRMA' }, pictures: { title: 'FIRMA', surface: 'web-service' } },
 * });
 */
export function createProducer(options: ProducerOptions): Producer {
  const resolved = resolveOptions(options);
  loadNumberTables();
  return producerOver(openStore(resolved), resolved);
}
