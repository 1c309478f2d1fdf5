import { FILES } from '../lifecycle/index.js';
import { decodeBlob } from '../quantize/index.js';
import { readRunFile } from './runDirectory.js';

/** The deployed forms of a run. */
export interface RunForms {
  blob: Uint8Array;
  onnx: Uint8Array;
  quantizedOnnx: Uint8Array;
  /** proved: no input moves the margin of the int8 model by more than this */
  marginBound: number;
}

/** Reads the blob and both ONNX files of a run. */
export async function readForms(directory: string): Promise<RunForms> {
  const blob = await readRunFile(directory, FILES.blob);
  return {
    blob,
    onnx: await readRunFile(directory, FILES.onnx),
    quantizedOnnx: await readRunFile(directory, FILES.quantizedOnnx),
    marginBound: decodeBlob(blob).marginBound,
  };
}
