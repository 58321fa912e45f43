/** The operations of the XML interface: the last part of their addresses. */
export const xmlOperationNames = ['xmlsms', 'examine', 'xmlreport'] as const;

/** The operations of the web service that the simulator knows; the real service has more. */
export const soapOperationNames = [
  'SendSMS',
  'SendSMSSingle',
  'SendSMSBroadcast',
  'SendSMS_V2',
  'SendSMSBroadcast_V2',
  'SendSMSAdvanced',
  'SendMMS',
  'ReportQuota',
  'ReportOriginator',
  'ReportSMS',
  'ReportSMS_V2',
  'ReportSMSDetail',
] as const;

export type SoapOperationName = (typeof soapOperationNames)[number];

/** Everything that can be asked of the simulated provider, on either surface. */
export type OperationName = (typeof xmlOperationNames)[number] | SoapOperationName;
export const operationNames: readonly OperationName[] = [...xmlOperationNames, ...soapOperationNames];

/** What a request is for: to send, to ask about the account, or to ask what became of messages. */
export const purposes = ['send', 'account-query', 'report'] as const;
export type Purpose = (typeof purposes)[number];
