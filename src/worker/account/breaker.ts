import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel';
import type { Attempt } from '../../jetsms/provider-request.ts';

/** A circuit breaker for one endpoint, shared by the accounts of this process that use it. */
export interface EndpointBreaker {
  /** Sends, unless the endpoint has failed too often in a row; then nothing is sent: `open`. */
  run(send: () => Promise<Attempt>): Promise<Attempt | 'open'>;
  /** Sends whatever was seen before; an answer ends the break. */
  probe(send: () => Promise<Attempt>): Promise<Attempt>;
  /** The endpoint answers again, as another worker has seen. */
  reset(): void;
  /** Called each time the endpoint turns out to be unreachable. */
  onBreak(listener: () => void): void;
}

export interface BreakerOptions {
  readonly failuresInRow: number;
  /** How long nothing is sent before one request may try again. */
  readonly halfOpenAfterMs: number;
}

/** No answer is a failure of the endpoint, whether or not the message may have been taken. */
const endpointFailed = ({ outcome }: Attempt): boolean =>
  outcome.kind === 'unsent' || outcome.kind === 'uncertain';

export function createEndpointBreaker({ failuresInRow, halfOpenAfterMs }: BreakerOptions): EndpointBreaker {
  const listeners: Array<() => void> = [];
  const build = () => {
    const policy = circuitBreaker(
      handleWhenResult((result) => endpointFailed(result as Attempt)),
      { halfOpenAfter: halfOpenAfterMs, breaker: new ConsecutiveBreaker(failuresInRow) },
    );
    policy.onBreak(() => {
      for (const listener of listeners) listener();
    });
    return policy;
  };
  let policy = build();
  const reset = (): void => {
    if (policy.state !== CircuitState.Closed) policy = build();
  };
  return {
    async run(send) {
      try {
        return await policy.execute(send);
      } catch (error) {
        if (isBrokenCircuitError(error)) return 'open';
        throw error;
      }
    },
    async probe(send) {
      const attempt = await send();
      if (!endpointFailed(attempt)) reset();
      return attempt;
    },
    reset,
    onBreak(listener) {
      listeners.push(listener);
    },
  };
}
