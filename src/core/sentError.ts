import { ConfigError, DataError, FormatError, ShapeError } from './errors.js';

/** An error as it goes from thread to thread, where classes do not. */
export interface SentError {
  name: string;
  message: string;
  stack: string | undefined;
}

export function sentError(error: unknown): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack };
}

/** The error again, of the class it had. */
export function revivedError({ name, message, stack }: SentError): Error {
  const known = [ConfigError, DataError, FormatError, ShapeError].find(
    (type) => type.name === name,
  );
  const error = known ? new known(message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
