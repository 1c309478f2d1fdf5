import { controlOf, serve } from './control.js';
import { kernelOver, type TeamMemory } from './sharedKernel.js';
import { SHARED, SHARED_NAMES } from './sharedWork.js';
import { teamThread } from './teamThread.js';

/** Makes this thread a helper of a team; never returns. */
export function helpTeam({ control, module, memory, tileBytes, matrix }: TeamMemory): never {
  const views = controlOf(control);
  const kernel = kernelOver(module, memory);
  const thread = teamThread(kernel, memory.buffer, views.words, tileBytes, matrix);
  return serve(views, (functionIndex, job, worker) =>
    SHARED[SHARED_NAMES[functionIndex]!].run(thread, views.arguments, job, worker),
  );
}
