import type { Lane } from '../../message/lane.ts';

/** What the holder of an API key may do. */
export interface KeyGrant {
  readonly id: string;
  readonly name: string;
  /** all where missing */
  readonly accounts?: readonly string[];
  readonly lanes?: readonly Lane[];
  readonly rights: readonly ('send' | 'read' | 'cancel')[];
  readonly ratePerSecond?: number;
  readonly expiresAt?: number;
}

/** The API keys of an installation. */
export interface ApiKeys {
  /** The grant of a presented key; undefined where it is unknown, revoked or over. Rejects only where Redis cannot say. */
  verify(presented: string): Promise<KeyGrant | undefined>;
  close(): Promise<void>;
}
