import { FormatError } from '../core/errors.js';
import { integerAt, mapAt, numberAt, oneOfAt, type Place, textAt, valueAt } from '../core/place.js';
import type { Task } from '../model/model.js';
import { checkOutputs } from '../model/modelFile.js';
import {
  type QuantizationEffect,
  type QuantizedModel,
  quantizedOutputCount,
} from '../model/quantized.js';
import { readThreshold } from '../model/threshold.js';
import { BLOB_VERSION, readContainer, type Section } from './container.js';
import { unpackForest } from './forestSection.js';
import { unpackLinear } from './linearSection.js';
import { type PackedMap, readMessagePack } from './messagePack.js';
import { unpackCalibrator, unpackFeatures, unpackRules, unpackSchema } from './pipelineSection.js';

/** The sections that this version knows. */
export const SECTION_NAMES: readonly string[] = Object.freeze([
  'about',
  'schema',
  'features',
  'forest',
  'linear',
  'calibrator',
  'threshold',
  'rules',
]);

/**
 * Reads a packed blob. Everything is checked before it is used: what comes back is safe to score with, whoever wrote the blob.
 * @throws {FormatError} saying what was seen, what was expected and where.
 */
export function decodeBlob(blob: Uint8Array): QuantizedModel {
  const sections: PackedMap = Object.create(null);
  for (const { name, required, body } of readContainer(blob)) {
    if (SECTION_NAMES.includes(name)) sections[name] = readMessagePack(body, name);
    else if (required) {
      throw new FormatError(
        `blob: the section "${name}" is required, and this version does not know it`,
      );
    }
  }
  const place = { value: sections, path: '' };
  const { forest, linear, threshold } = sections;
  for (const name of ['about', 'schema', 'features', 'calibrator']) {
    if (sections[name] === undefined) failMissing(name);
  }
  if ((forest === undefined) === (linear === undefined)) {
    throw new FormatError('blob: expected one of the sections "forest" and "linear"');
  }
  const about = mapAt(place, 'about');
  const task = oneOfAt<Task>(about, 'task', ['binary', 'multiclass', 'regression']);
  if (task !== 'binary' && threshold !== undefined) {
    throw new FormatError(`blob: a ${task} model has no section "threshold"`);
  }
  if (task === 'binary' && threshold === undefined) failMissing('threshold');
  const schema = unpackSchema(mapAt(place, 'schema'));
  const features = unpackFeatures(place, schema.fields);
  const predictor = forest
    ? unpackForest(mapAt(place, 'forest'), features, task)
    : unpackLinear(mapAt(place, 'linear'), features, task);
  checkOutputs({ task, schema }, quantizedOutputCount(predictor));
  const measured = valueAt(about, 'measured');
  return {
    format: 'coppice-quantized',
    version: 1,
    origin: textAt(about, 'origin'),
    schema,
    features,
    predictor,
    rules: sections['rules'] ? unpackRules(place, schema.fields) : [],
    marginBound: numberAt(about, 'marginBound', 0, Infinity),
    ...(measured !== undefined && { measured: unpackMeasured(mapAt(about, 'measured'), task) }),
    task,
    calibrator: unpackCalibrator(place, task),
    ...(task === 'binary' && { threshold: readThreshold(mapAt(place, 'threshold')) }),
    // that calibrator and threshold suit the task has been checked
  } as QuantizedModel;
}

function failMissing(name: string): never {
  throw new FormatError(`blob: the section "${name}" is missing`);
}

/** The bytes of a section that is no part of the model, as it was given to `encodeBlob`; undefined when there is none. */
export function readExtra(blob: Uint8Array, name: string): Uint8Array | undefined {
  if (SECTION_NAMES.includes(name)) return undefined;
  return readContainer(blob).find((section) => section.name === name)?.body;
}

/** What a blob is made of. */
export interface BlobSummary {
  version: number;
  byteLength: number;
  sections: { name: string; required: boolean; known: boolean; byteLength: number }[];
}

/** Lists the sections of a blob without reading them. @throws {FormatError} on a wrong header or checksum. */
export function inspectBlob(blob: Uint8Array): BlobSummary {
  const sections = readContainer(blob).map(({ name, required, body }: Section) => ({
    name,
    required,
    known: SECTION_NAMES.includes(name),
    byteLength: body.length,
  }));
  return { version: BLOB_VERSION, byteLength: blob.length, sections };
}

function unpackMeasured(measured: Place, task: Task): QuantizationEffect {
  const count = (key: string): number => integerAt(measured, key, 0, Number.MAX_SAFE_INTEGER);
  const size = (key: string): number => numberAt(measured, key, 0);
  return {
    rowCount: count('rowCount'),
    maxDelta: size('maxDelta'),
    meanDelta: size('meanDelta'),
    decisionFlips: count('decisionFlips'),
    ...(task === 'regression' && { standardDeviation: size('standardDeviation') }),
  };
}
