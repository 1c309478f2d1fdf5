import { ConfigError } from '../core/errors.js';
import type { Model } from '../model/model.js';
import type { QuantizedModel } from '../model/quantized.js';
import { FeatureValues } from './featureValues.js';
import { addForest } from './forestGraph.js';
import { GraphBuilder, type Value } from './graphBuilder.js';
import { addLinear } from './linearGraph.js';
import { addOutputs } from './outputs.js';
import { addQuantizedForest } from './quantizedForestGraph.js';
import { addQuantizedLinear } from './quantizedLinearGraph.js';

/**
 * Writes a whole model as ONNX (opset 17, ai.onnx.ml 3): derived features, categories, predictor, calibration and threshold.
 *
 * Inputs: every field of the schema by its own name, shape `[N, 1]`; numbers are float32 with NaN for missing, categories
 * are strings with '' for missing. Outputs, by task:
 *
 * - binary: `label`, string `[N, 1]`, then `probability` of the positive class, float32 `[N, 1]`.
 * - multiclass: `label`, string `[N, 1]`, then `probabilities` of the classes in their order, float32 `[N, K]`.
 * - regression: `prediction`, float32 `[N, 1]`.
 *
 * No ZipMap. An output whose name is also a field's gets a number behind it. The rules are not part of the graph.
 * @throws {ConfigError} when the model has no fields, as then no input says how many rows there are.
 */
export function exportOnnx(model: Model): Uint8Array {
  return exportGraph(model, (graph, features) =>
    model.predictor.kind === 'forest'
      ? addForest(graph, features, model.predictor, model)
      : addLinear(graph, features, model.predictor),
  );
}

/**
 * Writes a quantised model as ONNX, with the inputs and outputs of {@link exportOnnx}: the arithmetic of the packed blob in
 * the integers that ONNX Runtime has operators for. It is there to be compared with the blob, and not faster than the
 * float32 graph.
 * @throws {ConfigError} when the model has no fields.
 */
export function exportQuantizedOnnx(model: QuantizedModel): Uint8Array {
  return exportGraph(model, (graph, features) =>
    model.predictor.kind === 'forest'
      ? addQuantizedForest(graph, features, model.predictor)
      : addQuantizedLinear(graph, features, model.predictor),
  );
}

function exportGraph(
  model: Model | QuantizedModel,
  addPredictor: (graph: GraphBuilder, features: FeatureValues) => Value,
): Uint8Array {
  const { schema } = model;
  if (schema.fields.length === 0) throw new ConfigError('a model without fields has no ONNX form');
  const graph = new GraphBuilder();
  const features = new FeatureValues(graph, schema.fields, model.features);
  const margins = addPredictor(graph, features);
  addOutputs(graph, model, model.predictor.link, margins);
  return graph.build(model.format, {
    producer: 'coppice',
    version: String(model.version),
    origin: model.origin,
    task: model.task,
    target: schema.target.name,
    classes: JSON.stringify(schema.target.classes),
    ...(model.task === 'binary' ? { threshold: String(Math.fround(model.threshold.value)) } : {}),
  });
}
