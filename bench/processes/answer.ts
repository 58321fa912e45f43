/** A question to a process of the bench, from whoever started it. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly payload?: unknown;
}

/** What comes back: the value, or why there is none. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const handlers = new Map<string, (payload: never) => unknown>();
/** Questions that came before whoever can answer them was loaded. */
const early: Question[] = [];

/** Answers every question of this name, in whatever order they come. */
export function answer<Payload>(name: string, handler: (payload: Payload) => unknown): void {
  if (handlers.size === 0) listen();
  handlers.set(name, handler);
  for (const question of early.splice(0)) void reply(question);
}

function listen(): void {
  process.on('message', (question) => void reply(question as Question));
  // Whoever started this process is gone, or has what it wanted. A CPU profile is written on the way out.
  process.on('disconnect', () => process.exit(0));
}

async function reply(question: Question): Promise<void> {
  const { id, name, payload } = question;
  const handler = handlers.get(name);
  if (!handler) return void early.push(question);
  try {
    process.send?.({ id, value: await handler(payload as never) } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: String(error) } satisfies Answer);
  }
}

/** Milliseconds of a clock that all processes of a machine share. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6;
