import { type Bench, oursAt, scaled } from '../bench.ts';
import { type Share, sharesOf } from '../profile.ts';
import { runRound } from './round.ts';

/** One round of 200 callers with CPU profiles of ours: where a message's time goes. */
export async function profileCallers(bench: Bench, folder: string): Promise<readonly Share[]> {
  const messages = scaled(bench, 40_000, 1_000);
  const warmUp = Math.round(messages / 4);
  const world = { ...oursAt(bench, 0), profileDir: folder };
  const { redisCpu } = await runRound({ ...world, apps: 1, callers: 200, messages, warmUp });
  return sharesOf({ folder, messages: messages + warmUp, redisMicros: redisCpu });
}
