import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatorAccount } from './account.ts';
import type { Simulator } from './contract.ts';
import { type InputProblem, SimulatorInputError } from './errors.ts';
import { answer, readBody } from './http.ts';
import {
  readAccountChange,
  readFaultRule,
  readLatency,
  readNewAccount,
  readReportChange,
  readStatusOrder,
  readTopUp,
} from './input.ts';
import { countKeys } from './ledger.ts';
import { questionKeys } from './question-tally.ts';

/** What the control endpoint answers; `stream` stands for bodies too large to hold. */
interface ControlReply {
  readonly status: number;
  readonly body: unknown;
  readonly stream?: Iterable<string>;
}

interface ControlRequest {
  readonly simulator: Simulator;
  readonly query: URLSearchParams;
  readonly input: unknown;
  /** The last part of the path, for routes that end in one. */
  readonly id: string;
}

type ControlRoute = (request: ControlRequest) => ControlReply;

const notJson = Symbol('not JSON');
const maxControlBytes = 1024 * 1024;

/** Every route of the control endpoint: method and path, `*` for an id. */
const routes: ReadonlyMap<string, ControlRoute> = new Map(
  Object.entries({
    'GET /stats': ({ simulator }) => ok(simulator.stats()),
    'GET /accepted': listAccepted,
    'GET /counts': ({ simulator, query }) => streamed(simulator.counts(readKey(query, countKeys, 'to'))),
    'GET /faults': ({ simulator }) => ok({ faults: simulator.faults.list() }),
    'POST /faults': addFaults,
    'DELETE /faults': act(({ simulator }) => simulator.faults.clear()),
    'DELETE /faults/*': ({ simulator, id }) =>
      simulator.faults.remove(id) ? done : absent('No fault has this id'),
    'GET /accounts': ({ simulator }) => ok({ accounts: simulator.accounts.list().map(withoutPassword) }),
    'POST /accounts': act(({ simulator, input }) => simulator.accounts.add(readNewAccount(input))),
    'PUT /accounts/*': act(({ simulator, input, id }) =>
      simulator.accounts.update(id, readAccountChange(input)),
    ),
    'POST /top-up': act(({ simulator, input }) => {
      const { username, credit } = readTopUp(input);
      simulator.topUp(username, credit);
    }),
    'GET /reports': ({ simulator }) => ok(simulator.reports.settings()),
    'POST /reports': act(({ simulator, input }) => simulator.reports.change(readReportChange(input))),
    'POST /statuses': ({ simulator, input }) => {
      const { selector, given } = readStatusOrder(input);
      return ok({ messages: simulator.reports.setStatus(selector, given) });
    },
    'GET /questions': ({ simulator, query }) =>
      streamed(simulator.reports.questions(readKey(query, questionKeys, 'messageId'))),
    'POST /latency': act(({ simulator, input }) => simulator.setLatency(readLatency(input))),
    'POST /reset': act(({ simulator }) => simulator.reset()),
  }),
);

/** Method and path of every route, after `/control`. */
export const controlRoutes: readonly string[] = [...routes.keys()];

const done: ControlReply = { status: 200, body: { ok: true } };

/** Serves `/control/…`: JSON in, JSON out, 400 with the problems of what cannot be used. */
export async function handleControl(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, maxControlBytes);
  const reply =
    body === undefined ? invalid([{ field: '', problem: 'is too large' }]) : run(simulator, request, body);
  if (reply.stream !== undefined) return stream(response, reply.stream);
  answer(response, {
    status: reply.status,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(reply.body)}\n`,
  });
}

function run(simulator: Simulator, request: IncomingMessage, body: Buffer): ControlReply {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator');
  const path = pathname.slice('/control'.length).replace(/\/$/, '');
  const lastSlash = path.lastIndexOf('/');
  const id = decodePart(path.slice(lastSlash + 1));
  const route =
    routes.get(`${request.method} ${path}`) ?? routes.get(`${request.method} ${path.slice(0, lastSlash)}/*`);
  if (route === undefined) return absent(`No such route; there are: ${controlRoutes.join(', ')}`);
  const input = parseJson(body);
  if (input === notJson) return invalid([{ field: '', problem: 'the body is not JSON' }]);
  try {
    return route({ simulator, query: searchParams, input, id });
  } catch (error) {
    if (error instanceof SimulatorInputError) return invalid(error.problems, error.message);
    throw error;
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function act(action: (request: ControlRequest) => void): ControlRoute {
  return (request) => {
    action(request);
    return done;
  };
}

/** One rule, or a list of which all are added or none. */
function addFaults({ simulator, input }: ControlRequest): ControlReply {
  if (!Array.isArray(input)) return { status: 201, body: { id: simulator.faults.add(readFaultRule(input)) } };
  const ids = input.map(readFaultRule).map((rule) => simulator.faults.add(rule));
  return { status: 201, body: { ids } };
}

function listAccepted({ simulator, query }: ControlRequest): ControlReply {
  const limit = readCount(query, 'limit', 100);
  const offset = readCount(query, 'offset', 0);
  const messages = simulator.accepted.slice(offset, offset + limit);
  return ok({ total: simulator.stats().acceptedMessages, messages });
}

function streamed(counts: ReadonlyMap<string, number>): ControlReply {
  return { status: 200, body: undefined, stream: jsonObject(counts) };
}

/** What to count by: the query's `by`, which must be one of the keys. */
function readKey<Key extends string>(query: URLSearchParams, keys: readonly Key[], fallback: Key): Key {
  const by = query.get('by');
  const key = by === null ? fallback : keys.find((known) => known === by);
  if (key !== undefined) return key;
  throw new SimulatorInputError('The query', [{ field: 'by', problem: `must be one of ${keys.join(', ')}` }]);
}

/** A JSON object, a piece of about a thousand members at a time: the map can have a million. */
function* jsonObject(counts: ReadonlyMap<string, number>): Iterable<string> {
  let piece: string[] = [];
  let separator = '{';
  for (const [key, count] of counts) {
    piece.push(`${JSON.stringify(key)}:${count}`);
    if (piece.length < 1_000) continue;
    yield separator + piece.join(',');
    separator = ',';
    piece = [];
  }
  if (piece.length > 0) yield separator + piece.join(',');
  yield piece.length === 0 && separator === '{' ? '{}' : '}';
}

async function stream(response: ServerResponse, pieces: Iterable<string>): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  for (const piece of pieces) {
    if (response.destroyed) return;
    await new Promise((resolve) => response.write(piece, resolve));
  }
  response.end('\n');
}

function readCount(query: URLSearchParams, field: string, fallback: number): number {
  const value = query.get(field);
  if (value === null) return fallback;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new SimulatorInputError('The query', [{ field, problem: 'must be a whole number from 0 up' }]);
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return notJson;
  }
}

function withoutPassword({ password: _, ...account }: SimulatorAccount): unknown {
  return { ...account, credit: Number.isFinite(account.credit) ? account.credit : 'unlimited' };
}

function ok(body: unknown): ControlReply {
  return { status: 200, body };
}

function absent(message: string): ControlReply {
  return { status: 404, body: { error: { code: 'SIMULATOR_NOT_FOUND', message } } };
}

function invalid(problems: readonly InputProblem[], message = 'The request cannot be used'): ControlReply {
  return { status: 400, body: { error: { code: 'SIMULATOR_INPUT', message, problems } } };
}
