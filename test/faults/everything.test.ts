import { testScenario } from './harness/fault-test.ts';
import { everything } from './scenarios/everything.ts';

testScenario(everything);
