/** What a log line may say of an error. */
export interface SafeError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  /** The name of the Redis command that failed; its arguments are never kept. */
  readonly command?: string;
  readonly stack?: string;
  readonly cause?: SafeError;
  readonly errors?: readonly SafeError[];
}

/** How deep causes are followed, and how many errors of an AggregateError are kept. */
const maxDepth = 3;
const maxErrors = 3;
const maxMessageLength = 500;
const maxFrames = 20;

/**
 * Name, message, code, stack and causes of anything thrown, and nothing else: other fields of foreign errors
 * hold what was being sent (ioredis keeps a command's arguments, HTTP clients keep the request). Something
 * thrown that is no error is told only by its type.
 */
export function safeError(thrown: unknown, depth: number = maxDepth): SafeError {
  if (!(thrown instanceof Error)) return { name: 'NotAnError', message: `thrown: ${typeof thrown}` };
  const { cause } = thrown;
  const stack = frames(thrown);
  return {
    name: thrown.name,
    message: safeMessage(thrown),
    ...codeOf(thrown),
    ...commandOf(thrown),
    ...(stack === '' ? {} : { stack }),
    ...(cause === undefined || depth === 0 ? {} : { cause: safeError(cause, depth - 1) }),
    ...errorsOf(thrown, depth),
  };
}

/** An error's message without what others quote in theirs: arguments, pieces of JSON, numbers of people. */
export function safeMessage({ name, message }: Error): string {
  return withoutQuotes(name, message)
    .replace(/,? ?with args beginning with:.*$/s, '')
    .replace(/(?<![\w.])\+?\d{10,15}(?!\.?\w)/g, '[number]')
    .slice(0, maxMessageLength);
}

/** V8 quotes the text in which JSON.parse failed. */
function withoutQuotes(name: string, message: string): string {
  return name === 'SyntaxError' && /JSON/.test(message) ? 'invalid JSON' : message;
}

/** Without the first lines, which repeat the message. */
function frames({ stack = '' }: Error): string {
  const lines = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return lines.slice(0, maxFrames).join('\n');
}

function codeOf(error: Error): { readonly code?: string | number } {
  if (!('code' in error)) return {};
  const { code } = error;
  return typeof code === 'string' || typeof code === 'number' ? { code } : {};
}

function commandOf(error: Error): { readonly command?: string } {
  if (!('command' in error)) return {};
  const { command } = error;
  if (typeof command !== 'object' || command === null || !('name' in command)) return {};
  return typeof command.name === 'string' ? { command: command.name } : {};
}

function errorsOf(error: Error, depth: number): { readonly errors?: readonly SafeError[] } {
  if (!(error instanceof AggregateError) || depth === 0) return {};
  return { errors: error.errors.slice(0, maxErrors).map((one) => safeError(one, depth - 1)) };
}
