import type { QuantizedModel } from '../../model/quantized.js';
import type { KernelLink } from '../kernelLink.js';
import { type KernelImage, stageViews } from '../stage.js';
import { predictRowsInto } from './predictRows.js';

/** `predictRowsInto` on what a kernel leaves, where the kernel has no entry for it. */
export function createJavaScriptLink(model: QuantizedModel, image: KernelImage): KernelLink {
  const { outputCount, stagedRows } = image;
  const { margins, predictions } = stageViews(image);
  const rowMargins = new Float64Array(outputCount);
  return (count) => {
    for (let row = 0; row < count; row++) {
      for (let output = 0; output < outputCount; output++) {
        rowMargins[output] = margins[output * stagedRows + row]!;
      }
      predictRowsInto(model, rowMargins, 1, predictions, row * outputCount);
    }
  };
}
