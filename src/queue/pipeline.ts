import type { ChainableCommander } from 'ioredis';

/**
 * Sends a pipeline and gives the answers in order.
 * @throws the first error that Redis answered with
 */
export async function run(pipeline: ChainableCommander): Promise<readonly unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}
