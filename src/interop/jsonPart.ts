import { FormatError } from '../core/errors.js';

/** A part of a JSON file from outside, which says where it stands when it is not what is asked for. */
export class JsonPart {
  readonly value: unknown;
  /** for example `learner.gradient_booster.name` */
  readonly path: string;
  readonly #file: string;

  /** @param file - begins every error message. */
  constructor(value: unknown, file: string, path: string = '') {
    this.value = value;
    this.path = path;
    this.#file = file;
  }

  /** @throws {FormatError} when the text is no JSON. */
  static parse(text: string, file: string): JsonPart {
    try {
      return new JsonPart(JSON.parse(text), file);
    } catch (cause) {
      throw new FormatError(`${file}: it is not JSON`, { cause });
    }
  }

  error(message: string): FormatError {
    return new FormatError(`${this.#file}: ${this.path ? `"${this.path}" ` : ''}${message}`);
  }

  has(key: string): boolean {
    return isRecord(this.value) && Object.hasOwn(this.value, key);
  }

  part(key: string): JsonPart {
    if (!isRecord(this.value)) throw this.error('expected an object');
    const part = this.#child(this.value[key], this.path ? `${this.path}.${key}` : key);
    if (!Object.hasOwn(this.value, key)) throw part.error('is missing');
    return part;
  }

  /** The elements of an array. @param length - how many there must be; any number when absent. */
  list(length?: number): JsonPart[] {
    const values = this.#array(length);
    return values.map((value, index) => this.#child(value, `${this.path}[${index}]`));
  }

  text(): string {
    if (typeof this.value === 'string') return this.value;
    throw this.error(`expected a text, got ${shown(this.value)}`);
  }

  /** An integer, as a number or as a text of it. @param min, max - inclusive */
  integer(min: number, max: number): number {
    const value = typeof this.value === 'string' ? Number(this.value || NaN) : this.value;
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    throw this.error(`expected an integer in [${min}, ${max}], got ${shown(this.value)}`);
  }

  /** An array of finite numbers; truth values count as 1 and 0. */
  numbers(length?: number): number[] {
    return this.#array(length).map((value, index) => {
      const number = typeof value === 'boolean' ? Number(value) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      throw this.#child(value, `${this.path}[${index}]`).error(
        `expected a finite number, got ${shown(value)}`,
      );
    });
  }

  /** An array of numbers that float32 holds, rounded to it. */
  floats(length?: number): number[] {
    return this.numbers(length).map((value, index) => {
      const rounded = Math.fround(value);
      if (Number.isFinite(rounded)) return rounded;
      throw this.#child(value, `${this.path}[${index}]`).error(`${value} is no float32 number`);
    });
  }

  /** An array of integers. @param min, max - inclusive */
  integers(min: number, max: number, length?: number): number[] {
    return this.numbers(length).map((value, index) =>
      this.#child(value, `${this.path}[${index}]`).integer(min, max),
    );
  }

  #array(length: number | undefined): readonly unknown[] {
    if (!Array.isArray(this.value)) {
      throw this.error(`expected an array, got ${shown(this.value)}`);
    }
    if (length !== undefined && this.value.length !== length) {
      throw this.error(`expected ${length} elements, got ${this.value.length}`);
    }
    return this.value;
  }

  #child(value: unknown, path: string): JsonPart {
    return new JsonPart(value, this.#file, path);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for an error message, which must not be as long as the file. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(JSON.stringify(value)).slice(0, 60);
}
