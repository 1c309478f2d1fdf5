/**
 * The inner loops of forests and linear models, in the form that the target has: of vectors, or of words of 64 bits. Which it is is known when a kernel
 * is compiled, so the other leaves no trace in it.
 */
import { binColumn as binColumnSimd, outcomesInto as outcomesIntoSimd } from './bin';
import { ranksOfBins as ranksOfBinsSimd } from './bins';
import { addChunk as addChunkSimd } from './chunk';
import { gatherFeatures as gatherFeaturesSimd } from './gather';
import { prepareInputs as prepareInputsSimd, sumInputs as sumInputsSimd } from './linearInputs';
import { clearSums as clearSumsSimd, fillMargins as fillMarginsSimd, foldSums as foldSumsSimd } from './sums';
import { lookUpSets as lookUpSetsSimd } from './sets';
import { testPlanes as testPlanesSimd } from './tests';
import { binColumn as binColumnScalar, outcomesInto as outcomesIntoScalar } from './scalar/bin';
import { ranksOfBins as ranksOfBinsScalar } from './scalar/bins';
import { addChunk as addChunkScalar } from './scalar/chunk';
import { gatherFeatures as gatherFeaturesScalar } from './scalar/gather';
import { prepareInputs as prepareInputsScalar, sumInputs as sumInputsScalar } from './scalar/linearInputs';
import { clearSums as clearSumsScalar, fillMargins as fillMarginsScalar, foldSums as foldSumsScalar } from './scalar/sums';
import { lookUpSets as lookUpSetsScalar } from './scalar/sets';
import { testPlanes as testPlanesScalar } from './scalar/tests';

// @ts-ignore: decorator
@inline
export function addChunk(plan: usize, chunk: usize, planeCount: i32): usize {
  if (ASC_FEATURE_SIMD) return addChunkSimd(plan, chunk, planeCount);
  else return addChunkScalar(plan, chunk, planeCount);
}

// @ts-ignore: decorator
@inline
export function binColumn(column: usize, input: usize, out: usize, scratch: usize): void {
  if (ASC_FEATURE_SIMD) binColumnSimd(column, input, out, scratch);
  else binColumnScalar(column, input, out);
}

// @ts-ignore: decorator
@inline
export function clearSums(plan: usize, planeCount: i32): void {
  if (ASC_FEATURE_SIMD) clearSumsSimd(plan, planeCount);
  else clearSumsScalar(plan, planeCount);
}

// @ts-ignore: decorator
@inline
export function fillMargins(margins: usize, value: f64): void {
  if (ASC_FEATURE_SIMD) fillMarginsSimd(margins, value);
  else fillMarginsScalar(margins, value);
}

// @ts-ignore: decorator
@inline
export function foldSums(plan: usize, planeCount: i32, constant: i32, scale: f64, margins: usize): void {
  if (ASC_FEATURE_SIMD) foldSumsSimd(plan, planeCount, constant, scale, margins);
  else foldSumsScalar(plan, planeCount, constant, scale, margins);
}

// @ts-ignore: decorator
@inline
export function gatherFeatures(rows: usize, stride: usize, out: usize): void {
  if (ASC_FEATURE_SIMD) gatherFeaturesSimd(rows, stride, out);
  else gatherFeaturesScalar(rows, stride, out);
}

// @ts-ignore: decorator
@inline
export function lookUpSets(column: usize, input: usize, out: usize, scratch: usize): void {
  if (ASC_FEATURE_SIMD) lookUpSetsSimd(column, input, out, scratch);
  else lookUpSetsScalar(column, input, out, scratch);
}

// @ts-ignore: decorator
@inline
export function outcomesInto(column: usize, row: usize): void {
  if (ASC_FEATURE_SIMD) outcomesIntoSimd(column, row);
  else outcomesIntoScalar(column, row);
}

// @ts-ignore: decorator
@inline
export function prepareInputs(plan: usize, row: usize, featureStride: usize): void {
  if (ASC_FEATURE_SIMD) prepareInputsSimd(plan, row, featureStride);
  else prepareInputsScalar(plan, row, featureStride);
}

// @ts-ignore: decorator
@inline
export function ranksOfBins(column: usize, bins: usize, stride: usize, out: usize): void {
  if (ASC_FEATURE_SIMD) ranksOfBinsSimd(column, bins, stride, out);
  else ranksOfBinsScalar(column, bins, stride, out);
}

// @ts-ignore: decorator
@inline
export function sumInputs(plan: usize, output: usize): i64 {
  if (ASC_FEATURE_SIMD) return sumInputsSimd(plan, output);
  else return sumInputsScalar(plan, output);
}

// @ts-ignore: decorator
@inline
export function testPlanes(column: usize, ranks: usize, scratch: usize): void {
  if (ASC_FEATURE_SIMD) testPlanesSimd(column, ranks, scratch);
  else testPlanesScalar(column, ranks, scratch);
}
