import { testScenario } from './harness/fault-test.ts';
import { clocks } from './scenarios/clocks.ts';

testScenario(clocks);
