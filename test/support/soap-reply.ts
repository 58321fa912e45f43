/** A reply of the web service: the result of an operation, or a fault. */
export function soapResult(operation: string, result: string): string {
  return soapBody(
    `<${operation}Response xmlns="http://tempuri.org/"><${operation}Result>${result}</${operation}Result></${operation}Response>`,
  );
}

export function soapFault(code: string, text: string): string {
  return soapBody(
    `<soap:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring><detail /></soap:Fault>`,
  );
}

function soapBody(content: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<soap:Body>${content}</soap:Body></soap:Envelope>`
  );
}

/** Fields of a V2 result, recipient by recipient: number, message id, status. */
export function v2Result(code: string, message: string, rows: readonly [string, string, string][]): string {
  const items = rows.map(
    ([number, id, status]) =>
      `<ResponseGroupId><GsmNumber>${number}</GsmNumber><MessageId>${id}</MessageId><Status>${status}</Status></ResponseGroupId>`,
  );
  return (
    `<ResponseCode>${code}</ResponseCode><ResponseMessage>${message}</ResponseMessage>` +
    `<ResponseGroupIdArray>${items.join('')}</ResponseGroupIdArray>`
  );
}
