import { ProducerError } from './errors.ts';

/** The calls of a producer that are under way. */
export interface UnderWay {
  /** @throws ProducerError `PRODUCER_CLOSED` */
  checkOpen(): void;
  /**
   * Runs a call that a close waits for. Each ends within Redis' time limit, so it may.
   * @throws ProducerError `PRODUCER_CLOSED`, and what the call throws
   */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Lets no call begin any more; resolves when none is under way. */
  close(): Promise<void>;
}

export function createUnderWay(): UnderWay {
  let calls = 0;
  let isClosed = false;
  const idle = Promise.withResolvers<void>();

  const checkOpen = (): void => {
    if (isClosed) throw new ProducerError('PRODUCER_CLOSED');
  };
  const endWhenIdle = (): void => {
    if (isClosed && calls === 0) idle.resolve();
  };
  return {
    checkOpen,
    async run(call) {
      checkOpen();
      calls += 1;
      try {
        return await call();
      } finally {
        calls -= 1;
        endWhenIdle();
      }
    },
    close() {
      isClosed = true;
      endWhenIdle();
      return idle.promise;
    },
  };
}
