import type { TestProject } from 'vitest/node';
import { startRedis } from './redis.ts';

/** One Redis for all test files of a project, and its address as `inject('redisUrl')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedis();
  project.provide('redisUrl', redis.url);
  return () => redis.stop();
}
