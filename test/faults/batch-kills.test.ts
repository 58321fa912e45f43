import { testScenario } from './harness/fault-test.ts';
import { batchKills } from './scenarios/batch-kills.ts';

testScenario(batchKills);
