export {
  type Classification,
  classify,
  findRow,
  type ListedReply,
  meaningInWords,
  rowNamed,
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
export { knownWords } from './known-words.ts';
export type { CodeSurface, RowId } from './list.ts';
export { maxReplyTextLength, parseReply, type ReplyOptions } from './parse-reply.ts';
export type { Cut, JetsmsReply, NotAReply, Reply } from './reply.ts';
export {
  type CodeRow,
  codeTable,
  type OfficialRow,
  type UnofficialRow,
  unknownCode,
  unofficialRows,
} from './table.ts';
export { type UnofficialCode, unofficialCodes } from './unofficial.ts';
