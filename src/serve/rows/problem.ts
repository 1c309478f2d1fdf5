import { Refusal } from '../http/refusal.js';

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
  | 'float_parsing'
  | 'string_type'
  | 'string_pattern_mismatch'
  | 'finite_number'
  | 'dict_type'
  | 'list_type'
  | 'too_long'
  | 'datetime_parsing'
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

  /** @throws {Refusal} 422 when there is any. */
  refuseIfAny(): void {
    if (this.problems.length > 0) throw new Refusal(422, this.problems);
  }
}
