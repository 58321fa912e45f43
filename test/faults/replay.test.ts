import { testScenario } from './harness/fault-test.ts';
import { replay } from './scenarios/replay.ts';

testScenario(replay);
