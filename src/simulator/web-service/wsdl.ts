import { lengthRules } from '../../message/length-rule.ts';
import { escapeXml } from '../xml/escape.ts';
import { namespace, operations, type Parameter, type ResultForm, type SoapOperation } from './operations.ts';

/** The WSDL of the simulated service at this address: SOAP 1.1, document/literal, wrapped, as `.asmx` writes it. */
export function writeWsdl(address: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" \
xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="${namespace}" targetNamespace="${namespace}">
<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="${namespace}">
${operations.map(elements).join('\n')}
${types}
</s:schema></wsdl:types>
${operations.map(messages).join('\n')}
<wsdl:portType name="SMSServiceSoap">
${operations.map(portOperation).join('\n')}
</wsdl:portType>
<wsdl:binding name="SMSServiceSoap" type="tns:SMSServiceSoap">\
<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
${operations.map(boundOperation).join('\n')}
</wsdl:binding>
<wsdl:service name="SMSService"><wsdl:port name="SMSServiceSoap" binding="tns:SMSServiceSoap">\
<soap:address location="${escapeXml(address)}"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`;
}

const types = [
  complexType('ArrayOfString', [element('string', 's:string', { many: true })]),
  `<s:simpleType name="enmOnLengthProblem"><s:restriction base="s:string">${lengthRules
    .map((rule) => `<s:enumeration value="${rule}"/>`)
    .join('')}</s:restriction></s:simpleType>`,
  complexType('SendSMSResult', strings('ErrorCode ID')),
  complexType('ResponseFromHostV2', [
    ...strings('ResponseCode ResponseMessage'),
    element('ResponseGroupIdArray', 'tns:ArrayOfResponseGroupId'),
  ]),
  arrayType('ResponseGroupId'),
  complexType('ResponseGroupId', strings('GsmNumber MessageId Status')),
  arrayType('ReportSMSResult'),
  complexType(
    'ReportSMSResult',
    strings('ID Phone Status SendDate DeliveredDate ResponseCode SendRetryCount'),
  ),
  arrayType('ReportSMSDetailedResult'),
  complexType(
    'ReportSMSDetailedResult',
    strings(
      'ID Phone Status SendDate DeliveredDate Originator CreateDate MessageText ResponseCode SendRetryCount',
    ),
  ),
  complexType('MessageResponseV2', [
    ...strings('ResponseCode ResponseMessage'),
    element('MessageReportArray', 'tns:ArrayOfMessageReport'),
  ]),
  arrayType('MessageReport'),
  complexType(
    'MessageReport',
    strings('GsmNumber Status SentDate DeliveredDate MessageId ResponseCode SendRetryCount'),
  ),
].join('\n');

const resultTypes: Readonly<Record<ResultForm, string>> = {
  send: 'tns:SendSMSResult',
  report: 'tns:ArrayOfReportSMSResult',
  'report-v2': 'tns:MessageResponseV2',
  'report-detail': 'tns:ArrayOfReportSMSDetailedResult',
  'send-v2': 'tns:ResponseFromHostV2',
  string: 's:string',
  strings: 'tns:ArrayOfString',
};

function elements({ name, parameters, result }: SoapOperation): string {
  const response = [element(`${name}Result`, resultTypes[result])];
  return wrapper(name, parameters.map(parameterElement)) + wrapper(`${name}Response`, response);
}

function parameterElement({ name, type }: Parameter): string {
  if (type === 'length-rule')
    return `<s:element minOccurs="1" name="${name}" type="tns:enmOnLengthProblem"/>`;
  return element(name, type === 'strings' ? 'tns:ArrayOfString' : 's:string');
}

function messages({ name }: SoapOperation): string {
  return (
    `<wsdl:message name="${name}SoapIn"><wsdl:part name="parameters" element="tns:${name}"/></wsdl:message>` +
    `<wsdl:message name="${name}SoapOut"><wsdl:part name="parameters" element="tns:${name}Response"/></wsdl:message>`
  );
}

function portOperation({ name }: SoapOperation): string {
  const input = `<wsdl:input message="tns:${name}SoapIn"/>`;
  return `<wsdl:operation name="${name}">${input}<wsdl:output message="tns:${name}SoapOut"/></wsdl:operation>`;
}

function boundOperation({ name }: SoapOperation): string {
  const action = `<soap:operation soapAction="${namespace}${name}" style="document"/>`;
  const body = '<soap:body use="literal"/>';
  return (
    `<wsdl:operation name="${name}">${action}<wsdl:input>${body}</wsdl:input>` +
    `<wsdl:output>${body}</wsdl:output></wsdl:operation>`
  );
}

function wrapper(name: string, children: readonly string[]): string {
  return `<s:element name="${name}">${anonymousType(children)}</s:element>`;
}

function arrayType(item: string): string {
  return complexType(`ArrayOf${item}`, [element(item, `tns:${item}`, { many: true })]);
}

/** Elements of strings, by their names. */
function strings(names: string): readonly string[] {
  return names.split(' ').map((name) => element(name, 's:string'));
}

function complexType(name: string, children: readonly string[]): string {
  return anonymousType(children).replace('<s:complexType>', `<s:complexType name="${name}">`);
}

function anonymousType(children: readonly string[]): string {
  return `<s:complexType><s:sequence>${children.join('')}</s:sequence></s:complexType>`;
}

function element(name: string, type: string, { many = false }: { many?: boolean } = {}): string {
  return `<s:element minOccurs="0" maxOccurs="${many ? 'unbounded' : '1'}" name="${name}" type="${type}"/>`;
}
