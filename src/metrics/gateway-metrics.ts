import type { Instruments } from './instruments.ts';
import type { GatewayOperation, GatewayResult, StatusClass } from './labels.ts';

/** What is counted of the gateway. */
export interface GatewayMetrics {
  /** A request that the gateway has answered. */
  gatewayRequest(facts: {
    readonly operation: GatewayOperation;
    readonly status: StatusClass;
    readonly tookMs: number;
  }): void;
  /** Messages that the gateway was given. */
  gatewayMessages(result: GatewayResult, messages: number): void;
  /** Somebody came to the gateway with a wrong key. */
  gatewayKeyRefused(): void;
}

export const gatewayMetrics = ({
  count,
  observe,
}: Pick<Instruments, 'count' | 'observe'>): GatewayMetrics => ({
  gatewayRequest({ operation, status, tookMs }) {
    count('gatewayRequests', { operation, status });
    observe('gatewayDuration', { operation }, tookMs / 1000);
  },
  gatewayMessages: (result, messages) => count('gatewayMessages', { result }, messages),
  gatewayKeyRefused: () => count('gatewayKeysRefused', {}),
});
