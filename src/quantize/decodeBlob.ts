import type { QuantizedModel } from '../model/quantized.js';
import { BLOB_VERSION, readContainer, type Section } from './container.js';
import { expression } from './expressionSection.js';
import { readNodes } from './forestNodes.js';
import { readLinear } from './linearSection.js';
import { readRules, unpackIsotonic } from './pipelineSection.js';
import { readModel, readSections, SECTION_NAMES } from './readModel.js';

/**
 * Reads a packed blob. Everything is checked before it is used: what comes back is safe to score with, whoever wrote the blob.
 * @throws {FormatError} saying what was seen, what was expected and where.
 */
export function decodeBlob(blob: Uint8Array): QuantizedModel {
  const readers = { expression, readLinear, readRules, unpackIsotonic, readNodes };
  const model = readModel(readSections(blob), readers);
  checkNodes(model.predictor);
  return model;
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
