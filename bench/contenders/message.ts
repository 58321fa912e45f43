import { createHash } from 'node:crypto';

/** What a caller may choose for a message of ours; everything else is default. */
export interface SendingChoices {
  readonly lane?: 'otp' | 'transactional' | 'bulk';
  readonly whenUncertain?: 'resend' | 'park';
}

/** A message as a shop hands it over. */
export interface BenchMessage extends SendingChoices {
  readonly to: string;
  readonly text: string;
  readonly idempotencyKey: string;
}

/** What a backend app of a contender does with messages. */
export interface Sender {
  /** Resolves when Redis has stored the message. */
  send(message: BenchMessage): Promise<unknown>;
  /** One text to many; only ours has it. */
  campaign?(recipients: number): Promise<unknown>;
  close(): Promise<unknown>;
}

export const numberOf = (n: number): string => `90532${String(1_000_000 + n)}`;

/** A text as shops send it. */
export const orderText = (n: number): string =>
  `Sayın müşterimiz, ${n} numaralı siparişiniz kargoya verildi.`;

/** The n-th message: its own number, text and idempotency key. */
export const messageOf = (n: number): BenchMessage => ({
  to: numberOf(n),
  text: orderText(n),
  idempotencyKey: `order-${n}-shipped`,
});

/** The id of another contender's job: the same key gives the same job. */
export const jobIdOf = (idempotencyKey: string): string =>
  createHash('sha256').update(idempotencyKey).digest('base64url');

/** What another contender stores of a message. */
export interface OtherJob {
  readonly title: string;
  readonly to: string;
  readonly text: string;
}
