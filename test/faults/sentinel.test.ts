import { testScenario } from './harness/fault-test.ts';
import { sentinel } from './scenarios/sentinel.ts';

testScenario(sentinel);
