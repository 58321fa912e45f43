/** Every error of the simulator: code → what it means, what to do. The codes are stable. */
export const simulatorErrors = {
  SIMULATOR_INPUT: {
    meaning: 'The simulator was given a rule, an account or a query that it cannot use.',
    whatToDo: 'Correct the named fields; docs/simulator.md says what each may be.',
  },
  SIMULATOR_WAIT_TIMEOUT: {
    meaning: 'waitForAccepted(): the awaited number of messages was not accepted in time.',
    whatToDo: 'Look at what the simulator answered instead, and whether the time was long enough.',
  },
  SIMULATOR_NOT_LISTENING: {
    meaning: 'The address of the simulator was asked for before listen(), or after close().',
    whatToDo: 'Await listen() first.',
  },
} as const;

/** One thing that is wrong with what the simulator was told. */
export interface InputProblem {
  /** Where: a path such as `match.to`; empty for the whole. */
  readonly field: string;
  readonly problem: string;
}

/** A rule, an account or a setting that the simulator cannot take. Never holds the value itself. */
export class SimulatorInputError extends Error {
  readonly code = 'SIMULATOR_INPUT';
  readonly problems: readonly InputProblem[];

  constructor(subject: string, problems: readonly InputProblem[]) {
    const list = problems.map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`));
    super(`${subject} cannot be used: ${list.join('; ')}`);
    this.name = 'SimulatorInputError';
    this.problems = problems;
  }
}

/** The awaited number of accepted messages did not come in time. */
export class SimulatorWaitError extends Error {
  readonly code = 'SIMULATOR_WAIT_TIMEOUT';

  constructor(facts: { readonly awaited: number; readonly accepted: number; readonly timeoutMs: number }) {
    super(`${facts.accepted} of ${facts.awaited} messages were accepted within ${facts.timeoutMs} ms`);
    this.name = 'SimulatorWaitError';
  }
}

/** An address was asked for before `listen()`, or after `close()`. */
export class SimulatorNotListeningError extends Error {
  readonly code = 'SIMULATOR_NOT_LISTENING';

  constructor() {
    super('The simulator does not listen; await listen() first');
    this.name = 'SimulatorNotListeningError';
  }
}
