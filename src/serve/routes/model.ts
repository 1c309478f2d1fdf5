import { jsonAnswer } from '../http/answers.js';
import { describeModel } from '../model/describeModel.js';
import type { Serving } from '../serving.js';

/** `GET /model`: what the model is, what it takes and where it comes from. */
export function addModel({ router, current }: Serving): void {
  router.get('/model', { access: 'model' }, () => jsonAnswer(describeModel(current())));
}
