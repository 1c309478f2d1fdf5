/** What a raw input is: a number (NaN or null is missing) or a string out of a set of levels. */
export type FieldType = 'number' | 'category';

/** A raw input, by name. */
export interface Field {
  name: string;
  type: FieldType;
}

/** The two classes of a binary target, as they stand in the data. */
export interface Target {
  name: string;
  negative: string;
  positive: string;
}

/** The raw named inputs of a model, in order, and what it predicts. */
export interface Schema {
  fields: Field[];
  target: Target;
}

/** A condition on the raw inputs that a request must meet, for example `passed <= started`. */
export interface Rule {
  /** as written in the configuration */
  source: string;
  /** boolean; a row with a missing value in one of its fields passes */
  expression: import('./expression.js').Expression;
  /** the field that an error names */
  field: string;
  message: string;
}
