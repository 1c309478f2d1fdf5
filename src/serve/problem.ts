/** One thing that is wrong with a request, shaped as clients of FastAPI know it. Never holds a value of the request. */
export interface Problem {
  /** `['body', field]`, in a batch `['body', row, field]` */
  loc: (string | number)[];
  msg: string;
  type: ProblemType;
}

export type ProblemType =
  | 'missing'
  | 'extra_forbidden'
  | 'float_type'
  | 'string_type'
  | 'finite_number'
  | 'dict_type'
  | 'list_type'
  | 'too_long'
  | 'value_error';

/** Collects problems up to a limit, so that neither a response nor the work for it grows with a bad batch. */
export class ProblemList {
  readonly problems: Problem[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.problems.length >= this.#limit;
  }

  add(type: ProblemType, loc: (string | number)[], msg: string): void {
    if (!this.full) this.problems.push({ loc, msg, type });
  }
}
