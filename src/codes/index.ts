export {
  type AcceptedWithoutId,
  type Classification,
  classify,
  findRow,
  type ListedReply,
  type UnknownCode,
} from './classify.ts';
export {
  type CodeClass,
  type CodeScope,
  codeClasses,
  codeScopes,
  type UnknownCodeFacts,
} from './decisions.ts';
export { type Explanation, explain } from './explain.ts';
export type { CodeSurface, RowId } from './list.ts';
export { maxReplyTextLength, parseReply } from './parse-reply.ts';
export type { JetsmsReply, NotAReply, Reply } from './reply.ts';
export {
  type CodeRow,
  codeTable,
  type OfficialRow,
  type UnofficialRow,
  unknownCode,
  unofficialRows,
} from './table.ts';
export { type UnofficialCode, unofficialCodes } from './unofficial.ts';
