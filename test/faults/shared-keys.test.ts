import { testScenario } from './harness/fault-test.ts';
import { sharedKeys } from './scenarios/shared-keys.ts';

testScenario(sharedKeys);
