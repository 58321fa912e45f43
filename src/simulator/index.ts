export type { SurfaceName } from '../message/surface.ts';
export type { AccountChange, NewAccount, SimulatorAccount } from './account.ts';
export { type SimulatorChoice, simulatorChoices } from './choices.ts';
export type { ListenOptions, Simulator } from './contract.ts';
export {
  type InputProblem,
  SimulatorInputError,
  SimulatorNotListeningError,
  SimulatorWaitError,
} from './errors.ts';
export type { ActiveFault } from './fault-book.ts';
export {
  type Fault,
  type FaultKind,
  type FaultMatch,
  type FaultRule,
  type FaultScope,
  faultKinds,
} from './fault-rule.ts';
export type { Latency } from './input.ts';
export type { AcceptedMessage, CountKey } from './ledger.ts';
export { type OperationName, operationNames, type Purpose } from './operation-names.ts';
export type { SimulatorOptions } from './options.ts';
export type { QuestionKey } from './question-tally.ts';
export type { GivenStatus, MessageSelector } from './report-book.ts';
export type {
  RepeatedIdAnswer,
  ReportChange,
  ReportSettings,
  ReportShares,
  UnknownIdAnswer,
} from './report-settings.ts';
export { createSimulator } from './simulator.ts';
export type { SimulatorStats } from './tally.ts';
