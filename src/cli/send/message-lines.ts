import type { NewMessage } from '../../message/message.ts';
import { type OpenBytes, readRecipients } from '../csv.ts';
import { fillTemplate, type Template } from '../template.ts';
import { type KeyScope, messageKey } from './message-key.ts';
import type { CommonFields } from './request.ts';

/** A message, or why a line gives none. */
export type MessageLine = GoodLine | BadLine;

export interface GoodLine {
  readonly kind: 'message';
  /** Line of the file, the header included; the position among several --to. Counted from 1. */
  readonly line: number;
  readonly message: NewMessage;
}

export interface BadLine {
  readonly kind: 'problem';
  readonly line: number;
  readonly problem: { readonly code: string; readonly message: string };
}

/** What the numbers of a command line get. */
export interface NumbersRun {
  readonly text: string;
  readonly fields: CommonFields;
  /** With several numbers each gets a key of its own, made of this one. */
  readonly idempotencyKey?: string | undefined;
  /** Tells this run from every other: without a key, a number that is there twice gets one message of the run. */
  readonly run: string;
}

/** One message for each number of the command line. */
export async function* messagesTo(
  numbers: readonly string[],
  { text, fields, idempotencyKey, run }: NumbersRun,
): AsyncGenerator<MessageLine, void> {
  const scope = { title: '', ...(idempotencyKey === undefined ? { run } : { idempotencyKey }) };
  for (const [index, to] of numbers.entries()) {
    const key = numbers.length === 1 ? idempotencyKey : messageKey(to, text, scope);
    const message = { ...fields, to, text, ...(key === undefined ? {} : { idempotencyKey: key }) };
    yield { kind: 'message', line: index + 1, message };
  }
}

/** What messages are made of, beside the file. */
export interface CsvRun {
  readonly template: Template;
  readonly toColumn?: string | undefined;
  readonly fields: CommonFields;
  readonly keys: KeyScope;
}

/**
 * One message for each line of a CSV file.
 *
 * @throws CliError for the file as a whole, before the first line
 */
export async function* messagesOfCsv(open: OpenBytes, run: CsvRun): AsyncGenerator<MessageLine, void> {
  const { template, toColumn, fields, keys } = run;
  for await (const line of readRecipients(open, { toColumn, required: template.placeholders })) {
    if (line.kind === 'problem') {
      yield line;
      continue;
    }
    const filled = fillTemplate(template, line.values);
    if (filled.kind === 'values-missing') {
      yield { kind: 'problem', line: line.line, problem: valueMissing(filled.placeholders) };
      continue;
    }
    const { to } = line;
    const idempotencyKey = messageKey(to, filled.text, keys);
    yield {
      kind: 'message',
      line: line.line,
      message: { ...fields, to, text: filled.text, idempotencyKey },
    };
  }
}

function valueMissing(placeholders: readonly string[]): BadLine['problem'] {
  const names = placeholders.map((name) => `{${name}}`).join(', ');
  return { code: 'LINE_VALUE_MISSING', message: `It has no value for ${names}.` };
}
