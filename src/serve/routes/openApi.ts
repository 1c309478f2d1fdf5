import { jsonText } from '../http/answers.js';
import type { ServedModel } from '../model/servedModel.js';
import { openApiDocument } from '../openapi/document.js';
import type { Serving } from '../serving.js';

/** `GET /openapi.json`: the service as OpenAPI 3.1, made from the schema of the model. */
export function addOpenApi({ router, limits, tokens, current, modelName }: Serving): void {
  const made = new WeakMap<ServedModel, string>();
  router.get('/openapi.json', { access: 'model' }, () => {
    const model = current();
    let text = made.get(model);
    if (text === undefined) {
      text = JSON.stringify(openApiDocument({ model, limits, tokens, modelName }));
      made.set(model, text);
    }
    return jsonText(text);
  });
}
