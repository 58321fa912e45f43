import type { DeliveryTry, TryEnd } from '../bullmq/webhook-queue.ts';
import type { WebhookEndpoint } from '../settings/settings.ts';
import { nextTryMs } from './schedule.ts';
import type { Answer, Sender } from './sender.ts';
import type { TryReport, WebhookTelemetry } from './telemetry.ts';

export interface DeliverContext {
  readonly endpoint: WebhookEndpoint;
  readonly sender: Sender;
  readonly telemetry: WebhookTelemetry;
  /** Epoch milliseconds by Redis' clock. */
  readonly now: () => number;
  /** 0 ≤ random < 1 */
  readonly random: () => number;
  /** The endpoint wants nothing more. Awaited before the delivery is given up. */
  readonly onGone: () => Promise<void>;
  /** The endpoint takes deliveries again, after many in a row that it did not take. */
  readonly onRecovered: () => void;
}

/** Failures in a row after which an endpoint counts as having been away, and not one of its deliveries as bad. */
const awayAfter = 5;

/** Makes deliveries to an endpoint, one try each. */
export function createDeliverer(context: DeliverContext): (delivery: DeliveryTry) => Promise<TryEnd> {
  const { endpoint, sender, telemetry, now } = context;
  // What it was like before this process is unknown: its first success counts as a recovery.
  let failuresInRow = awayAfter;

  const afterSuccess = (): TryEnd => {
    const wasAway = failuresInRow >= awayAfter;
    failuresInRow = 0;
    if (wasAway) context.onRecovered();
    return { kind: 'done' };
  };

  const giveUp = (report: TryReport): TryEnd => {
    telemetry.dead(report);
    return { kind: 'dead', why: report.code };
  };

  const afterFailure = async (report: TryReport, answer: Answer, since: number): Promise<TryEnd> => {
    failuresInRow += 1;
    if (answer.isGone) {
      await context.onGone();
      return giveUp(report);
    }
    const { retryAfterMs } = answer;
    const random = context.random();
    const delayMs = nextTryMs({ failures: report.attempt, since, now: now(), random, retryAfterMs });
    if (delayMs === undefined) return giveUp(report);
    telemetry.failed({ ...report, delayMs });
    return { kind: 'again', why: report.code, delayMs };
  };

  return async ({ id, data, failures }) => {
    const about = { endpoint: endpoint.name, id, attempt: failures + 1 };
    if (!data) return giveUp({ ...about, events: 0, code: 'unreadable', durationMs: 0 });
    const answer = await sender.send({ id, at: now(), body: data.body });
    const report = { ...about, events: data.events, code: answer.code, durationMs: answer.tookMs };
    if (!answer.isTaken) return afterFailure(report, answer, data.since);
    telemetry.delivered(report);
    return afterSuccess();
  };
}
