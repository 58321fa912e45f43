import { testScenario } from './harness/fault-test.ts';
import { askHang, askKills } from './scenarios/ask.ts';

testScenario(askKills);
testScenario(askHang);
