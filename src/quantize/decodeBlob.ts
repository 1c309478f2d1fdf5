import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import {
  integer,
  number,
  oneOf,
  optional,
  type Reader,
  record,
  refuse,
  text,
} from '../core/place.js';
import type { Task } from '../model/model.js';
import { checkOutputs } from '../model/modelFile.js';
import {
  type QuantizationEffect,
  type QuantizedModel,
  quantizedOutputCount,
} from '../model/quantized.js';
import { readThreshold } from '../model/threshold.js';
import { BLOB_VERSION, readContainer, type Section } from './container.js';
import { readForest } from './forestSection.js';
import { MAX_VALUES } from './limits.js';
import { readLinear } from './linearSection.js';
import { type PackedMap, readMessagePack } from './messagePack.js';
import { readFeatures, readRules, readSchema, unpackCalibrator } from './pipelineSection.js';

/** The sections that this version knows. */
export const SECTION_NAMES: readonly string[] = Object.freeze([
  'about',
  'schema',
  'features',
  'forest',
  'linear',
  'shares',
  'calibrator',
  'threshold',
  'rules',
  'drift',
]);

/**
 * Reads a packed blob. Everything is checked before it is used: what comes back is safe to score with, whoever wrote the blob.
 * @throws {FormatError} saying what was seen, what was expected and where.
 */
export function decodeBlob(blob: Uint8Array): QuantizedModel {
  const model = readBlob(blob);
  checkNodes(model.predictor);
  return model;
}

/** {@link decodeBlob} but for the nodes of a forest, which are checked when their children are first asked for. */
export function readBlob(blob: Uint8Array): QuantizedModel {
  const sections: PackedMap = Object.create(null);
  const room = { values: MAX_VALUES };
  for (const { name, required, body } of readContainer(blob)) {
    // not for scoring, and as long as the model: see readDrift
    if (name === 'drift') continue;
    if (SECTION_NAMES.includes(name)) sections[name] = readMessagePack(body, name, room);
    else if (required) {
      throw new FormatError(
        `blob: the section ${show(name)} is required, and this version does not know it`,
      );
    }
  }
  const place = { value: sections, path: '' };
  const about = readAbout(place, 'about');
  const { task } = about;
  const isForest = 'forest' in sections;
  if (isForest === 'linear' in sections) {
    throw new FormatError('blob: expected one of the sections "forest" and "linear"');
  }
  if (task !== 'binary' && 'threshold' in sections) {
    refuse(place, 'threshold', `no such section in a ${task} model`);
  }
  const schema = readSchema(place, 'schema');
  const features = readFeatures(schema.fields)(place, 'features');
  const predictor = isForest
    ? readForest(features, task)(place, 'forest')
    : readLinear(features, task)(place, 'linear');
  checkOutputs({ task, schema }, quantizedOutputCount(predictor));
  return {
    format: 'coppice-quantized',
    version: 1,
    ...about,
    schema,
    features,
    predictor,
    rules: optional(readRules(schema.fields))(place, 'rules') ?? [],
    calibrator: unpackCalibrator(task)(place, 'calibrator'),
    ...(task === 'binary' && { threshold: readThreshold(place, 'threshold') }),
    // that calibrator and threshold suit the task has been checked
  } as QuantizedModel;
}

/** @throws {FormatError} when the nodes of a forest are not trees, or test what is not there. */
export function checkNodes(predictor: QuantizedModel['predictor']): void {
  // to be asked for is what checks them
  if (predictor.kind === 'forest') void predictor.roots;
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

const count: Reader<number> = integer(0, Number.MAX_SAFE_INTEGER);
const size: Reader<number> = number(0, Number.MAX_VALUE);

const readAbout = record<Pick<QuantizedModel, 'task' | 'origin' | 'marginBound' | 'measured'>>({
  task: oneOf<Task>(['binary', 'multiclass', 'regression']),
  origin: text,
  marginBound: number(0, Infinity),
  measured: optional(
    record<QuantizationEffect>({
      rowCount: count,
      maxDelta: size,
      meanDelta: size,
      decisionFlips: count,
      standardDeviation: optional(size),
    }),
  ),
});
