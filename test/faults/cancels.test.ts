import { testScenario } from './harness/fault-test.ts';
import { cancels } from './scenarios/cancels.ts';

testScenario(cancels);
