export type { FakeEnd, FakeEndName } from './deliver.ts';
export { FakeError, type FakeErrorCode } from './errors.ts';
export type { FakeFailure } from './failures.ts';
export {
  createFakeProducer,
  type FakeEventsOptions,
  type FakeProducer,
  type FakeProducerOptions,
} from './fake-producer.ts';
export type { SentMessage } from './sent.ts';
