import type { Chance } from './chance.ts';
import { drawBatch, type Load, type SentMessage, shapeOf, type WishedMessage } from './load.ts';
import type { Burst, Order, Producers } from './producers.ts';

/** Producers in processes of their own. */
export interface Team {
  readonly processes: number;
  /** Of all messages, how many each of the processes sends; the others are one process' own. */
  readonly sharedShare: number;
}

/** Of what a process sends at once, how much it sends twice. */
const twiceShare = 0.05;

/** Time for the processes to start, so that they send at the same time. */
const startMs = 1_000;

/** Messages that come at once, each in as many processes as send it. */
export async function enqueueByProcesses(
  { messages, overMs, chance, redisUrl, title, onConfirmed, ...load }: Load,
  { processes, sharedShare }: Team,
  producers: Producers,
): Promise<readonly SentMessage[]> {
  const shape = shapeOf(load);
  const base = chance.between(0, 9_000_000);
  const rounds = Math.ceil(messages / shape.atOnce);
  const drawn = Array.from({ length: rounds }, (_, round) => {
    const count = Math.min(shape.atOnce, messages - round * shape.atOnce);
    return drawBatch(chance, { from: base + round * shape.atOnce, count, isCampaign: false, shape });
  });
  const shares = drawn.map((batch) => dealOut(batch, { processes, sharedShare }, chance));
  const beginAt = Date.now() + startMs;
  const plans = Array.from({ length: processes }, (_, place) => ({
    ...{ redisUrl, title },
    bursts: shares.map((share, round): Burst => {
      return { at: beginAt + (overMs * round) / rounds, orders: share[place] ?? [] };
    }),
  }));
  const told = await Promise.all(
    plans.map(async (plan) => {
      const heard = await producers.carryOut(plan);
      onConfirmed?.(heard.length);
      return heard;
    }),
  );
  const toldOf = Map.groupBy(told.flat(), ({ key }) => key);
  return drawn
    .flat()
    .map(({ said: _said, ...message }) => ({ ...message, told: toldOf.get(message.text) ?? [] }));
}

/** What each process sends of a batch, in an order of its own. */
function dealOut(
  batch: readonly WishedMessage[],
  { processes, sharedShare }: Team,
  chance: Chance,
): readonly (readonly Order[])[] {
  const places = Array.from({ length: processes }, (_, place) => place);
  const holders = batch.map(() => (chance.happens(sharedShare) ? places : [chance.pick(places)]));
  return places.map((place) => {
    const own = batch.filter((_, index) => holders[index]?.includes(place)).map(orderOf);
    return chance.shuffle([...own, ...own.filter(() => chance.happens(twiceShare))]);
  });
}

const orderOf = ({ to, text, lane, said }: WishedMessage): Order => ({
  to,
  text,
  lane,
  ...whenUncertainOf(said),
});

const whenUncertainOf = ({ whenUncertain }: WishedMessage['said']): Pick<Order, 'whenUncertain'> =>
  whenUncertain === undefined ? {} : { whenUncertain };
