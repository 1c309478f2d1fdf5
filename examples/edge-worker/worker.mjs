// An edge worker: POST an array of records, get predictions. Such workers compile nothing, so the kernel comes as a module.
import { loadScorer } from 'coppice';
import kernel from 'coppice/kernel.wasm';
import blob from './model.coppice';

const loading = loadScorer(new Uint8Array(blob), { module: kernel });

// biome-ignore lint/style/noDefaultExport: what edge workers look for
export default {
  async fetch(request) {
    const scorer = await loading;
    if (request.method === 'GET') {
      return Response.json({ kernel: scorer.kernel, fields: scorer.schema.fields });
    }
    try {
      const records = await request.json();
      const predictions = scorer.predict(records);
      return Response.json({
        predictions: Array.from(predictions),
        labels: scorer.labels(predictions),
      });
    } catch (error) {
      return Response.json({ error: error.message }, { status: 422 });
    }
  },
};
