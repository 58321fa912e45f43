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
  /**
   * The same for a call that may take for ever: `closed` rejects with `PRODUCER_CLOSED` at the close, which the call is to heed.
   * @throws ProducerError `PRODUCER_CLOSED`, and what the call throws
   */
  runLong<T>(call: (closed: Promise<never>) => Promise<T>): Promise<T>;
  /** Lets no call begin any more; resolves when none is under way. */
  close(): Promise<void>;
}

export function createUnderWay(): UnderWay {
  let calls = 0;
  let isClosed = false;
  const longOnes = new Set<(error: ProducerError) => void>();
  const idle = Promise.withResolvers<void>();

  const checkOpen = (): void => {
    if (isClosed) throw new ProducerError('PRODUCER_CLOSED');
  };
  const endWhenIdle = (): void => {
    if (isClosed && calls === 0) idle.resolve();
  };
  const run = async <T>(call: () => Promise<T>): Promise<T> => {
    checkOpen();
    calls += 1;
    try {
      return await call();
    } finally {
      calls -= 1;
      endWhenIdle();
    }
  };
  return {
    checkOpen,
    run,
    runLong: (call) =>
      run(async () => {
        const { promise: closed, reject } = Promise.withResolvers<never>();
        closed.catch(() => {}); // not lost: whoever waits together with it is told
        longOnes.add(reject);
        try {
          return await call(closed);
        } finally {
          longOnes.delete(reject);
        }
      }),
    close() {
      isClosed = true;
      for (const stop of longOnes) stop(new ProducerError('PRODUCER_CLOSED'));
      endWhenIdle();
      return idle.promise;
    },
  };
}
