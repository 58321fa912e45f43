import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Simulator } from './contract.ts';
import { handleControl } from './control.ts';
import type { Endpoint } from './endpoint.ts';
import { SimulatorInputError } from './errors.ts';
import { answer } from './http.ts';
import { createListener, type Listener } from './listener.ts';
import { readNumber } from './numbers.ts';
import { optionDefaults, type SimulatorOptions } from './options.ts';
import { createProvider, type Provider } from './provider.ts';
import type { MessageSelector } from './report-book.ts';
import { handleRequest } from './route.ts';
import { createWebServiceEndpoint } from './web-service/endpoint.ts';
import { writeWsdl } from './web-service/wsdl.ts';
import { createExamineEndpoint } from './xml/examine-endpoint.ts';
import { createXmlReportEndpoint } from './xml/report-endpoint.ts';
import { createXmlEndpoint } from './xml/xml-endpoint.ts';

/**
 * Makes a JetSMS to develop and test against: it answers as the provider does, fails by the rules that it is given, and
 * records every message that it accepts. Its choices where the provider's behaviour is unknown: `simulatorChoices`.
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const provider = createProvider(options);
  const listener: Listener = createListener((request, response) => {
    route(request, response).catch((error: unknown) => {
      response.destroy();
      // A pause that close() ended is expected. Anything else is a bug, or thrown by onAccepted, and ends the process.
      if (!isAbort(error)) throw error;
    });
  });
  const simulator = assemble(provider, listener);
  const route = createRouter({ provider, listener, simulator, options });
  return simulator;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Parts {
  readonly provider: Provider;
  readonly listener: Listener;
  readonly simulator: Simulator;
  readonly options: SimulatorOptions;
}

function createRouter({ provider, listener, simulator, options }: Parts): Handler {
  const { maxBodyBytes = optionDefaults.maxBodyBytes, lineEnd = optionDefaults.lineEnd } = options;
  const common = { provider, maxBodyBytes, pause: listener.pause };
  const at = (endpoint: Endpoint): Handler => handleRequest.bind(undefined, { ...common, endpoint });
  // Both generations of addresses, with and without the trailing slash that one client writes.
  const routes: readonly (readonly [RegExp, Handler])[] = [
    [/^\/control(\/|$)/, (request, response) => handleControl(simulator, request, response)],
    [/^\/SMS-Web8?\/xmlsms\/?$/i, at(createXmlEndpoint({ provider, lineEnd }))],
    // ASP.NET does not look at the case of a path.
    [/^\/ws\/soapsms\.asmx$/i, describing(at(createWebServiceEndpoint(provider)))],
    [/^\/SMS-Web8?\/examine\/?$/i, at(createExamineEndpoint({ provider, lineEnd }))],
    [/^\/SMS-Web8?\/xmlreport\/?$/i, at(createXmlReportEndpoint({ provider, lineEnd }))],
  ];
  return async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const handler = routes.find(([pattern]) => pattern.test(path))?.[1] ?? notFound;
    await handler(request, response);
  };
}

/** A GET to the web service asks for its WSDL, and is no request to the provider. */
function describing(serve: Handler): Handler {
  return async (request, response) => {
    if (request.method !== 'GET') return serve(request, response);
    const { host = 'localhost' } = request.headers;
    const [path] = (request.url ?? '').split('?', 1);
    const body = writeWsdl(`http://${host}${path}`);
    answer(response, { status: 200, contentType: 'text/xml; charset=utf-8', body });
  };
}

const notFound: Handler = async (_request, response) => {
  answer(response, { status: 404, contentType: 'text/plain; charset=utf-8', body: 'Not found\n' });
};

function assemble(provider: Provider, listener: Listener): Simulator {
  const { accounts, faults, ledger, tally, reports } = provider;
  return {
    get url() {
      return listener.url;
    },
    get xmlUrl() {
      return `${listener.url}/SMS-Web/xmlsms`;
    },
    get examineUrl() {
      return `${listener.url}/SMS-Web/examine`;
    },
    get reportUrl() {
      return `${listener.url}/SMS-Web/xmlreport`;
    },
    get webServiceUrl() {
      return `${listener.url}/ws/soapSMS.asmx`;
    },
    listen: listener.listen,
    close: listener.close,
    [Symbol.asyncDispose]: listener.close,
    accounts: {
      list: accounts.list,
      add: accounts.add,
      update: (username, change) => known(accounts.update(username, change)),
    },
    topUp: (username, parts) => known(accounts.charge(username, -parts)),
    faults: { add: faults.add, remove: faults.remove, clear: faults.clear, list: faults.list },
    reports: {
      settings: reports.settings,
      change: reports.change,
      setStatus: (selector, given) => some(reports.book.setStatus(inProviderForm(selector), given), selector),
      questions: reports.questions.counts,
    },
    setLatency: provider.setLatency,
    accepted: ledger.messages,
    counts: (by = 'to') => ledger.counts(by),
    waitForAccepted: ledger.waitFor,
    stats: tally.stats,
    reset: provider.reset,
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function known(isKnown: boolean): void {
  if (isKnown) return;
  throw new SimulatorInputError('The account', [{ field: 'username', problem: 'no account has this name' }]);
}

function inProviderForm(selector: MessageSelector): MessageSelector {
  if ('messageId' in selector || selector.to === undefined) return selector;
  return { ...selector, to: readNumber(selector.to) ?? selector.to };
}

function some(messages: number, selector: MessageSelector): number {
  if (messages > 0) return messages;
  const field = 'messageId' in selector ? 'messageId' : 'groupId';
  throw new SimulatorInputError('The status', [{ field, problem: 'no accepted message is meant by this' }]);
}
