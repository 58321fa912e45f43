import { type QueryLogin, queryAccount, writeCredit } from '../account-query.ts';
import type { Call, Endpoint } from '../endpoint.ts';
import type { Provider } from '../provider.ts';
import type { ProviderRefusal } from '../submission.ts';
import type { SoapOperation } from './operations.ts';
import { type Parameters, readCall, type ServiceFault } from './read-call.ts';
import { readSubmission } from './read-submission.ts';
import { writeDecision, writeFault, writeStrings } from './write.ts';

const early = { surface: 'web-service', on: 'send' } as const;

/** The web service: SOAP 1.1 in and out. */
export function createWebServiceEndpoint(provider: Provider): Endpoint {
  return {
    early,
    read(body, { headers }) {
      const soapAction = [headers['soapaction']].flat()[0];
      const reading = readCall({
        body,
        contentType: headers['content-type'] ?? '',
        ...(soapAction === undefined ? {} : { soapAction }),
      });
      if (reading.kind === 'fault') return faultCall(reading.fault);
      const { operation, parameters } = reading;
      const isSend = operation.result === 'send' || operation.result === 'send-v2';
      return isSend ? sendCall(provider, operation, parameters) : queryCall(provider, operation, parameters);
    },
  };
}

function faultCall(fault: ServiceFault): Call {
  const answer = () => writeFault(fault);
  return { facts: early, answer, refuse: answer };
}

function sendCall(provider: Provider, operation: SoapOperation, parameters: Parameters): Call {
  const submission = readSubmission(operation, parameters);
  return {
    facts: { ...early, submission },
    answer: (spoilt) => writeDecision(operation, provider.take({ kind: 'submission', submission }, spoilt)),
    refuse: (refusal) => writeDecision(operation, { kind: 'refused', refusal }),
  };
}

function queryCall(provider: Provider, operation: SoapOperation, parameters: Parameters): Call {
  const login = { username: parameters.text('user'), password: parameters.text('password') };
  return {
    facts: { surface: 'web-service', on: 'account-query', username: login.username },
    answer: () => writeStrings(operation, query(provider, operation, login)),
    refuse: (refusal) => writeStrings(operation, [lineOf(refusal)]),
  };
}

function query(provider: Provider, operation: SoapOperation, login: QueryLogin): readonly string[] {
  const found = queryAccount(provider, login);
  if (found.kind === 'refused') return [lineOf(found.refusal)];
  return operation.name === 'ReportQuota' ? [writeCredit(found.account)] : found.account.titles;
}

/** Our choice: soap-query-refusal. Code and words stand where the answer would. */
function lineOf({ code, text }: ProviderRefusal): string {
  return `${code} ${text}`.trimEnd();
}
