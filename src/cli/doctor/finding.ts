/** One thing that the doctor looked at. */
export interface Finding {
  readonly check: string;
  readonly account?: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly says: string;
  readonly whatToDo?: string;
}
