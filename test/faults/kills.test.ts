import { testScenario } from './harness/fault-test.ts';
import { kills } from './scenarios/kills.ts';

testScenario(kills);
