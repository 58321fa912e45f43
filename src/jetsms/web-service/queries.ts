import type { SurfaceQueries } from '../surface.ts';
import { outcomeOfFault } from './reply.ts';
import { child, parameter, readSoap, soapRequest, textOf } from './soap.ts';

/** ReportQuota and ReportOriginator. Source: the provider's WSDL and its manual of the web service. */
export const reportQueries: SurfaceQueries = {
  ask(question, { http, account: { username, password }, signal }) {
    const operation = question === 'credit' ? 'ReportQuota' : 'ReportOriginator';
    const parameters = parameter('user', username) + parameter('password', password);
    return http.post({ ...soapRequest(operation, parameters), signal });
  },
  read({ status, body }) {
    if (status !== 200 && status !== 500) return undefined;
    const reading = readSoap(body);
    switch (reading.kind) {
      case 'fault':
        return outcomeOfFault(reading, () => []);
      case 'result':
        return textsOf(reading.value);
      case 'other':
        return undefined;
    }
  },
};

/** One string, or an array of strings; an array without any is empty. */
function textsOf(result: unknown): readonly string[] {
  const strings = child(result, 'string');
  return Array.isArray(strings) ? strings.map(textOf) : [textOf(result)];
}
