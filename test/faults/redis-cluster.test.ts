import { testScenario } from './harness/fault-test.ts';
import { redisCluster } from './scenarios/redis-cluster.ts';

testScenario(redisCluster);
