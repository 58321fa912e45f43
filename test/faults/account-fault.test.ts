import { testScenario } from './harness/fault-test.ts';
import { accountFault } from './scenarios/account-fault.ts';

testScenario(accountFault);
