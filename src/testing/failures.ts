import { AsyncLocalStorage } from 'node:async_hooks';
import { redisTrouble } from '../producer/errors.ts';
import type { RedisCall, RedisCalls } from '../producer/redis-calls.ts';
import { type RefusalReason, redisRefusals } from '../queue/redis-refusals.ts';
import type { RedisTrouble } from '../queue/redis-trouble.ts';
import { FakeError } from './errors.ts';

/**
 * What goes wrong with Redis:
 * - `unreachable`: there is no connection; nothing is stored or changed.
 * - `answer-lost`: it is stored or changed, and the answer never comes.
 * - `request-lost`: it is not, and no answer comes either: the caller cannot tell these two apart.
 * - `unconfirmed`: it is stored or changed, and replicas have not confirmed it (`replicasToConfirm`).
 * - a word of docs/errors.md, such as `OOM`: Redis says no, and nothing is stored or changed.
 */
export type FakeFailure = 'unreachable' | 'answer-lost' | 'request-lost' | 'unconfirmed' | RefusalReason;

/** Calls of a producer that has no Redis: they succeed, unless a test wants one to fail. */
export interface FakeCalls extends RedisCalls {
  /** Runs a call of the app, which may ask for several things: one failure concerns all of it. */
  within<T>(call: () => Promise<T>): Promise<T>;
  /** @throws FakeError FAKE_FAILURE_UNKNOWN */
  fail(failure: FakeFailure, times: number): void;
  clear(): void;
}

export function createFakeCalls(): FakeCalls {
  const failures: FakeFailure[] = [];
  const calls = new AsyncLocalStorage<{ failure: FakeFailure | undefined }>();

  const takeFailure = (call: RedisCall<unknown>): FakeFailure | undefined => {
    const [next] = failures;
    // Only of what is to be stored or changed it matters whether an answer was lost.
    const isForStoring = next === 'answer-lost' || next === 'request-lost' || next === 'unconfirmed';
    return isForStoring && !call.stores ? undefined : failures.shift();
  };
  return {
    within: (call) => calls.run({ failure: undefined }, call),
    async run(call) {
      const own = calls.getStore();
      const failure = own?.failure ?? takeFailure(call);
      if (own) own.failure = failure;
      if (failure === undefined) return call.work();
      if (failure === 'answer-lost' || failure === 'unconfirmed') await call.work();
      const trouble = troubleOf(failure);
      throw redisTrouble(trouble, {
        mayBeStored: trouble.kind === 'unconfirmed' || (call.stores && trouble.kind === 'doubt'),
        messageId: call.messageId,
        isChange: call.isChange,
        error: new Error(`the fake producer was told to fail: ${failure}`),
      });
    },
    fail(failure, times) {
      if (!isFailure(failure)) throw new FakeError('FAKE_FAILURE_UNKNOWN', '');
      for (let n = 0; n < times; n += 1) failures.push(failure);
    },
    clear: () => void failures.splice(0),
  };
}

const isFailure = (failure: string): boolean =>
  ['unreachable', 'answer-lost', 'request-lost', 'unconfirmed'].includes(failure) ||
  Object.hasOwn(redisRefusals, failure);

function troubleOf(failure: FakeFailure): RedisTrouble {
  switch (failure) {
    case 'unreachable':
      return { kind: 'unsent', cause: 'no connection' };
    case 'answer-lost':
    case 'request-lost':
      return { kind: 'doubt', cause: 'no answer' };
    case 'unconfirmed':
      return { kind: 'unconfirmed', cause: '0 of 1 replicas' };
    default:
      return { kind: 'refused', reason: failure };
  }
}
