import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import type { ClassCalibrator } from '../model/calibrator.js';
import type { Head, Task } from '../model/model.js';
import { checkOutputs } from '../model/modelFile.js';
import {
  type QuantizationEffect,
  type QuantizedModel,
  quantizedOutputCount,
} from '../model/quantized.js';
import { asFinite, asInteger, asMap, asNumber, asOneOf, asText } from './checked.js';
import { BLOB_VERSION, readContainer, type Section } from './container.js';
import { unpackForest } from './forestSection.js';
import { unpackLinear } from './linearSection.js';
import { type Packed, readMessagePack } from './messagePack.js';
import {
  unpackCalibrator,
  unpackFeatures,
  unpackRules,
  unpackSchema,
  unpackThreshold,
} from './pipelineSection.js';

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
  'drift',
]);

/**
 * Reads a packed blob. Everything is checked before it is used: what comes back is safe to score with, whoever wrote the blob.
 * @throws {FormatError} saying what was seen, what was expected and where.
 */
export function decodeBlob(blob: Uint8Array): QuantizedModel {
  const bodies = new Map<string, Uint8Array>();
  for (const { name, required, body } of readContainer(blob)) {
    if (SECTION_NAMES.includes(name)) bodies.set(name, body);
    else if (required) {
      throw new FormatError(
        `blob: the section ${show(name)} is required, and this version does not know it`,
      );
    }
  }

  function section(name: string): Packed {
    const body = bodies.get(name);
    if (!body) throw new FormatError(`blob: the section "${name}" is missing`);
    return readMessagePack(body, name);
  }

  if (bodies.has('forest') === bodies.has('linear')) {
    throw new FormatError('blob: expected one of the sections "forest" and "linear"');
  }
  const about = asMap(section('about'), 'about');
  const task = asOneOf<Task>(about.get('task'), 'about.task', [
    'binary',
    'multiclass',
    'regression',
  ]);
  if (bodies.has('threshold') && task !== 'binary') {
    throw new FormatError(`blob: a ${task} model has no section "threshold"`);
  }
  const schema = unpackSchema(section('schema'));
  const features = unpackFeatures(section('features'), schema.fields);
  const predictor = bodies.has('forest')
    ? unpackForest(section('forest'), features, task)
    : unpackLinear(section('linear'), features, task);
  checkOutputs({ task, schema }, quantizedOutputCount(predictor));
  const marginBound = asNumber(about.get('marginBound'), 'about.marginBound');
  if (marginBound < 0) throw new FormatError(`about.marginBound: ${marginBound} is negative`);
  const measured = unpackMeasured(about.get('measured'), task);
  return {
    format: 'coppice-quantized',
    version: 1,
    origin: asText(about.get('origin'), 'about.origin'),
    schema,
    features,
    predictor,
    rules: bodies.has('rules') ? unpackRules(section('rules'), schema.fields) : [],
    marginBound,
    ...(measured && { measured }),
    ...unpackHead(task, section),
  };
}

/** What comes after the margins. */
function unpackHead(task: Task, section: (name: string) => Packed): Head {
  const calibrator = unpackCalibrator(section('calibrator'), task);
  // that the calibrator suits the task has been checked
  if (task === 'regression') return { task, calibrator: { kind: 'none' } };
  if (task === 'multiclass') return { task, calibrator: calibrator as ClassCalibrator };
  return { task, calibrator, threshold: unpackThreshold(section('threshold')) };
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

function unpackMeasured(content: Packed | undefined, task: Task): QuantizationEffect | undefined {
  if (content === undefined) return undefined;
  const map = asMap(content, 'about.measured');
  const count = (key: string): number =>
    asInteger(map.get(key), `about.measured.${key}`, 0, Number.MAX_SAFE_INTEGER);
  const size = (key: string): number => asFinite(map.get(key), `about.measured.${key}`, 0);
  return {
    rowCount: count('rowCount'),
    maxDelta: size('maxDelta'),
    meanDelta: size('meanDelta'),
    decisionFlips: count('decisionFlips'),
    ...(task === 'regression' && { standardDeviation: size('standardDeviation') }),
  };
}
