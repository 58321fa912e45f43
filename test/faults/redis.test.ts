import { testScenario } from './harness/fault-test.ts';
import { redis } from './scenarios/redis.ts';

testScenario(redis);
