import { testScenario } from './harness/fault-test.ts';
import { restarts } from './scenarios/restarts.ts';

testScenario(restarts);
