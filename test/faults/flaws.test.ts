import { testScenario } from './harness/fault-test.ts';
import { flaws } from './scenarios/flaws.ts';

testScenario(flaws);
