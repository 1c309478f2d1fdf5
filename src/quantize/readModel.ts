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
import type { Calibrator } from '../model/calibrator.js';
import type { Feature } from '../model/feature.js';
import type { Task } from '../model/model.js';
import { checkOutputs } from '../model/modelFile.js';
import {
  type QuantizationEffect,
  type QuantizedLinear,
  type QuantizedModel,
  quantizedOutputCount,
} from '../model/quantized.js';
import { readCalibrator } from '../model/readCalibrator.js';
import type { Field, Rule } from '../model/schema.js';
import { readThreshold } from '../model/threshold.js';
import { readContainer } from './container.js';
import type { ReadNodes } from './forestNodes.js';
import { readForest } from './forestSection.js';
import { MAX_VALUES } from './limits.js';
import { type PackedMap, readMessagePack } from './messagePack.js';
import { type ReadExpression, readFeatures, readSchema } from './pipelineSection.js';

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

/** What reads the parts that most models do without, so that a page need not have it. */
export interface RareReaders {
  /** of derived features */
  expression: ReadExpression;
  readLinear(features: readonly Feature[], task: Task): Reader<QuantizedLinear>;
  readRules(fields: readonly Field[]): Reader<Rule[]>;
  unpackIsotonic: Reader<Calibrator>;
  /** of forests, for everyone but a kernel */
  readNodes: ReadNodes;
}

/**
 * Checks a blob as a whole and reads its sections as they are.
 * @throws {FormatError} saying what was seen, what was expected and where.
 */
export function readSections(blob: Uint8Array): PackedMap {
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
  return sections;
}

/**
 * Makes a model of sections. Everything but the nodes of a forest is checked before it is used: see {@link readForest}.
 * @param rare - where there is a linear predictor, derived features, rules or an isotonic calibrator
 * @throws {FormatError} saying what was seen, what was expected and where.
 */
export function readModel(sections: PackedMap, rare?: RareReaders): QuantizedModel {
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
  const { fields } = schema;
  const features = readFeatures(fields, rare?.expression ?? (() => absent))(place, 'features');
  const predictor = isForest
    ? readForest(features, task, rare?.readNodes)(place, 'forest')
    : rare!.readLinear(features, task)(place, 'linear');
  checkOutputs({ task, schema }, quantizedOutputCount(predictor));
  return {
    format: 'coppice-quantized',
    version: 1,
    ...about,
    schema,
    features,
    predictor,
    rules: (rare && optional(rare.readRules(fields))(place, 'rules')) ?? [],
    calibrator: readCalibrator(task, rare?.unpackIsotonic ?? absent)(place, 'calibrator'),
    ...(task === 'binary' && { threshold: readThreshold(place, 'threshold') }),
    // that calibrator and threshold suit the task has been checked
  } as QuantizedModel;
}

/** Stands in for what is not there to be read. */
const absent: Reader<never> = (place, key) => refuse(place, key, 'nothing of this kind');

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
