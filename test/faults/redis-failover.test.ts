import { testScenario } from './harness/fault-test.ts';
import { redisFailover } from './scenarios/redis-failover.ts';

testScenario(redisFailover);
