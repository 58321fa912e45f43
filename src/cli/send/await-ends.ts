import { endReader, type MessageEnd } from '../../bullmq/message-ends.ts';
import { placeOf } from '../../queue/names.ts';
import { openWorkerRedis } from '../../queue/redis.ts';
import { type RedisSettings, redisTargetOf } from '../../settings/redis-target.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Hold } from '../../worker/account/hold-record.ts';
import { shownHold, stands } from '../../worker/account/hold-steps.ts';
import { createHoldStore } from '../../worker/account/hold-store.ts';
import { createProgress, type Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { createOutcomeTally, type OutcomeRow } from './outcome-tally.ts';
import { waitForEnds } from './wait-for-ends.ts';

export interface AwaitEndsOptions {
  readonly settings: RedisSettings & Pick<Settings, 'prefix'>;
  readonly account: string;
  readonly stop: AbortSignal;
  readonly terminal: Terminal;
  readonly quiet: boolean;
  /** Given what shows the progress, while it is there: lines of others must not go through the bar. */
  readonly onShown?: (progress: Progress | undefined) => void;
  /** Between two looks at Redis, in milliseconds. */
  readonly pollMs?: number;
  /** Told of every message that ends. */
  readonly onEnd?: (id: string, end: MessageEnd) => void;
}

/**
 * Waits until all these messages of one account have ended, or `stop`; shows how far it has come, and why it
 * does not go on where the account is held. While Redis is away it waits for it.
 */
export async function awaitEnds(
  ids: ReadonlySet<string>,
  options: AwaitEndsOptions,
): Promise<readonly OutcomeRow[]> {
  const { settings, account, stop, terminal, quiet, pollMs, onEnd } = options;
  const redis = openWorkerRedis(redisTargetOf(settings));
  let isAway = false;
  redis.on('error', () => {
    isAway = true;
  });
  redis.on('ready', () => {
    isAway = false;
  });
  const place = placeOf(redis, settings.prefix, account);
  const holds = createHoldStore(redis, place);
  const tally = createOutcomeTally();
  const progress = await createProgress(terminal, { label: 'ended', total: ids.size, quiet });
  options.onShown?.(progress);
  try {
    const underWay = await waitForEnds(ids, {
      readEnds: endReader(redis, place),
      stop,
      ...(pollMs === undefined ? {} : { pollMs }),
      onEnd(id, end) {
        tally.add(end);
        onEnd?.(id, end);
      },
      async onLook(left) {
        const { record, pausedLanes } = await holds.read();
        progress.update(ids.size - left, isAway ? 'Redis is away' : holdNote(shownHold(record, pausedLanes)));
      },
    });
    return tally.rows(underWay.length);
  } finally {
    progress.stop();
    options.onShown?.(undefined);
    redis.disconnect();
  }
}

const holdNote = (hold: Hold | undefined): string =>
  stands(hold) ? `the account is held: ${hold.reason}` : '';
