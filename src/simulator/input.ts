import { z } from 'zod';
import { surfaceNames } from '../message/surface.ts';
import type { AccountChange, NewAccount } from './account.ts';
import { SimulatorInputError } from './errors.ts';
import { type FaultRule, faultKinds } from './fault-rule.ts';
import { operationNames, purposes } from './operation-names.ts';
import type { GivenStatus, MessageSelector } from './report-book.ts';
import { type ReportChange, repeatedIdAnswers, unknownIdAnswers } from './report-settings.ts';

/** Latency of every answer: a number from `minMs` to `maxMs`, rolled with the seeded generator. */
export interface Latency {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Credit for an account, in SMS parts. */
export interface TopUp {
  readonly username: string;
  readonly credit: number;
}

const text = z.string().min(1);
const milliseconds = z.number().min(0).max(3_600_000);
const surface = z.enum(surfaceNames);
const accepted = z.boolean().exactOptional();

const requestFields = {
  surface: surface.exactOptional(),
  on: z.enum(purposes).exactOptional(),
  operation: z.enum(operationNames).exactOptional(),
};

const matchFields = {
  to: text.exactOptional(),
  title: text.exactOptional(),
  username: text.exactOptional(),
  textIncludes: text.exactOptional(),
  ...requestFields,
};

const scope = {
  match: z.strictObject(matchFields).exactOptional(),
  times: z.int().min(1).exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
};

const earlyScope = {
  ...scope,
  match: z.strictObject(requestFields).exactOptional(),
};

const code = z.string().regex(/^(\d{2,3}|90-[a-z-]+)$/, 'must be a code of two or three digits, or a row id');

const faultRule: z.ZodType<FaultRule> = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('reply'),
      code: code.refine((value) => value !== '00', '00 is no refusal; use raw-reply'),
      text: z.string().exactOptional(),
      ...scope,
    }),
    z.strictObject({
      kind: z.literal('raw-reply'),
      body: z.string(),
      contentType: text.exactOptional(),
      accepted,
      ...scope,
    }),
    z.strictObject({
      kind: z.enum(['accept-then-hang', 'hang', 'accept-then-reset', 'reset-after-read', 'cut-reply']),
      ...scope,
    }),
    z.strictObject({ kind: z.literal('reset-before-body'), ...earlyScope }),
    z.strictObject({ kind: z.enum(['html-200', 'empty-200', 'half-close']), accepted, ...scope }),
    z.strictObject({
      kind: z.literal('status'),
      status: z.int().min(300).max(599),
      retryAfter: z.union([z.number().min(0), text]).exactOptional(),
      accepted,
      ...scope,
    }),
    z.strictObject({ kind: z.literal('slow-body'), durationMs: milliseconds, ...scope }),
    z.strictObject({
      kind: z.literal('refuse-recipient'),
      code: z.string().regex(/^(?!0+$)\d{1,3}$/, 'must be a status of one to three digits, not 0'),
      ...scope,
      match: z.strictObject({ ...matchFields, to: text }),
    }),
    z.strictObject({
      kind: z.literal('soap-fault'),
      status: z.literal([200, 500]).exactOptional(),
      faultCode: z.enum(['Client', 'Server']).exactOptional(),
      text: z.string().exactOptional(),
      accepted,
      ...scope,
    }),
    z.strictObject({ kind: z.literal('latency'), latencyMs: milliseconds, ...scope }),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union' ? `must be one of ${faultKinds.join(', ')}` : undefined,
  },
);

// JSON knows no Infinity, so over HTTP it is written out.
const unlimited = Number.POSITIVE_INFINITY;
const credit = z
  .union([z.number().min(0), z.literal(unlimited), z.literal('unlimited')], {
    error: 'must be a number from 0 up, or "unlimited"',
  })
  .transform((value) => (value === 'unlimited' ? unlimited : value));

const clockTime = z.string().regex(/^([01]\d|2[0-3])[0-5]\d$/, 'must be a time such as 0930');

const accountFields = z.strictObject({
  password: text,
  titles: z.array(text),
  maxTextLength: z.literal([160, 306, 459, 612]),
  credit,
  surfaces: z.array(surface),
  open: z.boolean(),
  mms: z.strictObject({
    channels: z.array(text),
    contentTypes: z.array(text),
    maxBytes: z.int().min(0),
    window: z.strictObject({ from: clockTime, until: clockTime }).nullable(),
    cost: z.number().min(0),
  }),
});

const newAccount: z.ZodType<NewAccount> = accountFields
  .exactPartial()
  .extend({ username: text, password: text });
const accountChange: z.ZodType<AccountChange> = accountFields.exactPartial();

const topUp: z.ZodType<TopUp> = z.strictObject({ username: text, credit: z.number().min(0) });

const latency: z.ZodType<Latency> = z
  .strictObject({ minMs: milliseconds, maxMs: milliseconds })
  .refine(({ minMs, maxMs }) => minMs <= maxMs, { path: ['maxMs'], error: 'must not be less than minMs' });

const share = z.number().min(0);

const reportChange: z.ZodType<ReportChange> = z
  .strictObject({
    shares: z
      .strictObject({ delivered: share, failed: share, expired: share, never: share })
      .exactPartial()
      .refine((shares) => Object.values(shares).some((value) => value > 0), 'must have a share above 0'),
    delay: latency,
    perPart: z.boolean(),
    idLagMs: milliseconds,
    unknownId: z.enum(unknownIdAnswers),
    repeatedId: z.enum(repeatedIdAnswers),
  })
  .exactPartial();

/** A status that messages are given. */
export interface StatusOrder {
  readonly selector: MessageSelector;
  readonly given: GivenStatus;
}

const givenFields = { status: z.int().min(0).max(99), part: z.int().min(1).exactOptional() };
const statusOrder: z.ZodType<StatusOrder> = z
  .union(
    [
      z.strictObject({ messageId: text, ...givenFields }),
      z.strictObject({ groupId: text, to: text.exactOptional(), ...givenFields }),
    ],
    { error: 'must be { messageId } or { groupId, to? }, with status (0 to 99) and perhaps part' },
  )
  .transform(({ status, part, ...selector }) => ({
    selector,
    given: part === undefined ? { status } : { status, part },
  }));

/** Checks what came from outside; each throws SimulatorInputError with every problem and no value. */
export const readFaultRule = (input: unknown): FaultRule => read('The fault rule', faultRule, input);
export const readNewAccount = (input: unknown): NewAccount => read('The account', newAccount, input);
export const readAccountChange = (input: unknown): AccountChange =>
  read('The change of the account', accountChange, input);
export const readTopUp = (input: unknown): TopUp => read('The top-up', topUp, input);
export const readLatency = (input: unknown): Latency => read('The latency', latency, input);
export const readReportChange = (input: unknown): ReportChange =>
  read('The change of the reports', reportChange, input);
export const readStatusOrder = (input: unknown): StatusOrder => read('The status', statusOrder, input);

function read<T>(subject: string, schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => ({
    field: path.map(String).join('.'),
    problem: message,
  }));
  throw new SimulatorInputError(subject, problems);
}
