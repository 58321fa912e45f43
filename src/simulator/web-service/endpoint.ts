import type { IncomingHttpHeaders } from 'node:http';
import { type QueryLogin, queryAccount, writeCredit } from '../account-query.ts';
import type { Call, Endpoint } from '../endpoint.ts';
import type { FaultFacts } from '../fault-book.ts';
import type { Provider } from '../provider.ts';
import { refusalLine } from '../replies.ts';
import { answerReport } from '../report-question.ts';
import { purpose, type SoapOperation } from './operations.ts';
import { findOperation, type Parameters, readCall, type ServiceFault } from './read-call.ts';
import { readReportQuestion } from './read-question.ts';
import { readSubmission } from './read-submission.ts';
import { writeDecision, writeFault, writeStrings } from './write.ts';
import { writeReport } from './write-report.ts';

/** The web service: SOAP 1.1 in and out. */
export function createWebServiceEndpoint(provider: Provider): Endpoint {
  return {
    early: ({ headers }) => factsOf(findOperation(soapActionOf(headers))),
    read(body, { headers }) {
      const soapAction = soapActionOf(headers);
      const reading = readCall({
        body,
        contentType: headers['content-type'] ?? '',
        ...(soapAction === undefined ? {} : { soapAction }),
      });
      if (reading.kind === 'fault') return faultCall(factsOf(findOperation(soapAction)), reading.fault);
      return makeCall[purpose(reading.operation)](provider, reading.operation, reading.parameters);
    },
  };
}

const makeCall = { send: sendCall, 'account-query': queryCall, report: reportCall } as const;

function soapActionOf(headers: IncomingHttpHeaders): string | undefined {
  return [headers['soapaction']].flat()[0];
}

/** A request for no operation that is known counts as one to send, so that it meets the faults of most tests. */
function factsOf(operation: SoapOperation | undefined): FaultFacts {
  if (operation === undefined) return { surface: 'web-service', on: 'send' };
  return { surface: 'web-service', on: purpose(operation), operation: operation.name };
}

function faultCall(facts: FaultFacts, fault: ServiceFault): Call {
  const answer = () => writeFault(fault);
  return { facts, answer, refuse: answer };
}

function sendCall(provider: Provider, operation: SoapOperation, parameters: Parameters): Call {
  const submission = readSubmission(operation, parameters);
  return {
    facts: { ...factsOf(operation), submission },
    answer: (spoilt) => writeDecision(operation, provider.take({ kind: 'submission', submission }, spoilt)),
    refuse: (refusal) => writeDecision(operation, { kind: 'refused', refusal }),
  };
}

function queryCall(provider: Provider, operation: SoapOperation, parameters: Parameters): Call {
  const login = { username: parameters.text('user'), password: parameters.text('password') };
  return {
    facts: { ...factsOf(operation), username: login.username },
    answer: () => writeStrings(operation, query(provider, operation, login)),
    // Our choice: soap-query-refusal. Code and words stand where the answer would.
    refuse: (refusal) => writeStrings(operation, [refusalLine(refusal)]),
  };
}

function query(provider: Provider, operation: SoapOperation, login: QueryLogin): readonly string[] {
  const found = queryAccount(provider, login);
  if (found.kind === 'refused') return [refusalLine(found.refusal)];
  return operation.name === 'ReportQuota' ? [writeCredit(found.account)] : found.account.titles;
}

function reportCall(provider: Provider, operation: SoapOperation, parameters: Parameters): Call {
  const question = readReportQuestion(operation, parameters);
  return {
    facts: { ...factsOf(operation), username: question.login.username },
    question,
    answer: () => writeReport(operation, answerReport(provider, question), parameters),
    refuse: (refusal) => writeReport(operation, { kind: 'refused', refusal }, parameters),
  };
}
