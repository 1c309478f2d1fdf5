/** What a raw input is: a number (NaN or null is missing) or a string out of a set of levels. */
export type FieldType = 'number' | 'category';

/** A raw input, by name. */
export interface Field {
  name: string;
  type: FieldType;
}

/** What a model predicts, by the name of its column. */
export interface Target {
  name: string;
  /**
   * The classes, as they stand in the data: negative then positive for a binary target, three or more in the order of the
   * outputs for a multiclass one, none for a number.
   */
  classes: string[];
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
