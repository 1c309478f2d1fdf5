/** Base of every error coppice throws on purpose; `code` is stable, the message is for people. */
export abstract class CoppiceError extends Error {
  override name = 'CoppiceError';
  abstract readonly code: string;
}

/** An option, a configuration key or a command line argument is wrong. */
export class ConfigError extends CoppiceError {
  override name = 'ConfigError';
  readonly code = 'config';
}

/** Array lengths or counts that do not fit together. */
export class ShapeError extends CoppiceError {
  override name = 'ShapeError';
  readonly code = 'shape';
}

/** Bytes or JSON from outside that are not what they should be: blob, model file, ONNX. */
export class FormatError extends CoppiceError {
  override name = 'FormatError';
  readonly code = 'format';
}

/** Where in a file bad data was seen. Line and column are 1-based; the column counts characters. */
export interface Location {
  file: string;
  line?: number;
  column?: number;
}

/** The data is wrong: ragged rows, text in a numeric column, a target with one class. */
export class DataError extends CoppiceError {
  override name = 'DataError';
  readonly code = 'data';
  readonly location: Location | undefined;
  constructor(message: string, location?: Location, options?: ErrorOptions) {
    super(location ? `${formatLocation(location)}: ${message}` : message, options);
    this.location = location;
  }
}

/** `file:line:column`, as compilers print it. */
export function formatLocation({ file, line, column }: Location): string {
  return [file, line, column].filter(Boolean).join(':');
}
