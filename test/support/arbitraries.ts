import fc from 'fast-check';
import { lanes, notFoundChoices, uncertainChoices } from '../../src/message/lane.ts';
import { partsModelNames } from '../../src/message/parts-models.ts';
import { type DeathFacts, deadReasons } from '../../src/queue/journal.ts';
import { partsOf } from '../../src/queue/pieces.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import type { OneVerdict } from '../../src/worker/verdict/verdict.ts';
import { sendJob } from './send-job.ts';

/** Texts of one to some parts, with characters that fill a part sooner. */
const anyText = fc.string({
  unit: fc.constantFrom('a', 'ı', 'ğ', '€', '\n'),
  minLength: 1,
  maxLength: 500,
  size: 'large',
});

const anyNumber = fc.integer({ min: 905_320_000_000, max: 905_329_999_999 }).map(String);

export interface AnyJobChoice {
  readonly minMessages?: number;
  readonly maxMessages?: number;
}

/** Any send job of SMS, with one text for all or a text each. */
export function anySendJob({ minMessages = 1, maxMessages = 30 }: AnyJobChoice = {}): fc.Arbitrary<SendJob> {
  return fc.array(anyNumber, { minLength: minMessages, maxLength: maxMessages }).chain((to) =>
    fc
      .record({
        to: fc.constant(to),
        lane: fc.constantFrom(...lanes),
        whenUncertain: fc.constantFrom(...uncertainChoices),
        whenNotFound: fc.constantFrom(...notFoundChoices),
        partsModel: fc.constantFrom(...partsModelNames),
        text: fc.oneof(anyText, fc.array(anyText, { minLength: to.length, maxLength: to.length })),
      })
      .map((fields) => {
        const job = sendJob({ ...fields, enqueuedAt: 1_900_000_000_000 });
        return { ...job, parts: partsOf(job) };
      }),
  );
}

const anyCode = fc.constantFrom('12', '31', '80', '85', 'http-403');

export const anyFacts: fc.Arbitrary<DeathFacts> = fc.oneof(
  fc.record({ reason: fc.constantFrom(...deadReasons) }),
  fc.record({ reason: fc.constantFrom(...deadReasons), code: anyCode }),
);

const anyDelayMs = fc.nat(60_000);
const rule = fc.constant('some');

/** Any verdict on one message. */
export const anyVerdict: fc.Arbitrary<OneVerdict> = fc.oneof(
  fc.record({ kind: fc.constant('complete'), rule, groupId: fc.constantFrom('1', '2') }),
  fc.record({ kind: fc.constant('retry'), rule, delayMs: anyDelayMs, resend: fc.boolean() }),
  fc.record({ kind: fc.constant('defer'), rule, delayMs: anyDelayMs }),
  fc.record({
    kind: fc.constant('ask'),
    rule,
    delayMs: anyDelayMs,
    asking: fc.constantFrom(
      { since: 1, cause: 'crash', until: 9, asked: 0 },
      { since: 2, cause: 'reply-timeout', until: 9, asked: 1 },
    ),
  }),
  fc.record({
    kind: fc.constant('hold'),
    rule,
    reason: fc.constantFrom('no-credit', 'unreachable'),
    code: anyCode,
  }),
  fc.record({ kind: fc.constant('dead-letter'), rule, facts: anyFacts }),
);
