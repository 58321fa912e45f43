import { testScenario } from './harness/fault-test.ts';
import { overWebService } from './harness/scenario.ts';
import { reports } from './scenarios/reports.ts';

testScenario(reports);
testScenario(overWebService(reports));
