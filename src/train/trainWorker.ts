// The worker of trainGbdtAsync: takes one request, answers with progress and the fit.
import { boostTrees } from './gbdt.js';
import { sentError, type TrainingReply, type TrainingRequest } from './trainingMessages.js';
import { parentPort } from './trainingThread.js';

const port = parentPort();

port?.listen((message) => {
  const { data, options, wantsProgress } = message as TrainingRequest;
  const post = (reply: TrainingReply): void => port.post(reply);
  try {
    const fit = boostTrees(data, {
      ...options,
      onProgress: wantsProgress ? (progress) => post({ kind: 'progress', progress }) : undefined,
    });
    post({ kind: 'done', fit });
  } catch (error) {
    post({ kind: 'failed', error: sentError(error) });
  }
});
