/** A worker of a browser, or a thread of Node, seen from the thread that started it. */
export interface Thread {
  post(message: unknown): void;
  listen(onMessage: (message: unknown) => void, onError: (error: Error) => void): void;
  terminate(): void;
}

/** The seam of this thread to the one that started it. */
export interface ParentPort {
  post(message: unknown): void;
  listen(onMessage: (message: unknown) => void): void;
}

/** What is used of `node:worker_threads`. */
interface NodeThreads {
  Worker: new (
    url: URL,
    options: { execArgv: string[] },
  ) => {
    postMessage(message: unknown): void;
    // biome-ignore lint/suspicious/noExplicitAny: what an event carries depends on its name
    on(event: string, listener: (value: any) => void): unknown;
    terminate(): Promise<number>;
  };
  parentPort: {
    postMessage(message: unknown): void;
    on(event: string, listener: (message: unknown) => void): unknown;
  } | null;
}

/**
 * How training workers are started.
 * @param createWorker - the caller's own way
 * @returns undefined where the platform has no workers.
 */
export function threadStarter(createWorker?: () => Thread): (() => Thread) | undefined {
  if (createWorker) return createWorker;
  // built files lie one folder deep, and so does this one: the address is right from all of them
  if (typeof Worker === 'function') {
    return () =>
      webThread(
        new Worker(new URL('../train/trainWorker.js', import.meta.url), { type: 'module' }),
      );
  }
  const threads = nodeThreads();
  if (!threads) return undefined;
  const { Worker: NodeWorker } = threads;
  const url = new URL('../train/trainWorker.js', import.meta.url);
  // the flags of this process, such as the loaders of a test runner, are none of its business
  return () => nodeThread(new NodeWorker(url, { execArgv: [] }));
}

/** Wraps a worker of the platform, for `createWorker`. */
export function webThread(worker: Worker): Thread {
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError) {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onerror = (event) => {
        onError(
          new Error(`the training worker failed: ${event.message || 'it could not be loaded'}`),
        );
      };
      worker.onmessageerror = () =>
        onError(new Error('a message of the training worker is not readable'));
    },
    terminate: () => worker.terminate(),
  };
}

/** Wraps a `Worker` of `node:worker_threads`, for `createWorker`. */
export function nodeThread(worker: InstanceType<NodeThreads['Worker']>): Thread {
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError) {
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', (code: number) => {
        onError(new Error(`the training worker ended with exit code ${code}`));
      });
    },
    terminate: () => void worker.terminate(),
  };
}

/** Where a worker answers to. */
export function parentPort(): ParentPort | undefined {
  const port = nodeThreads()?.parentPort;
  if (port) {
    return {
      post: (message) => port.postMessage(message),
      listen: (onMessage) => port.on('message', onMessage),
    };
  }
  const scope = globalThis as unknown as Worker;
  if (typeof scope.postMessage !== 'function') return undefined;
  return {
    post: (message) => scope.postMessage(message),
    listen(onMessage) {
      scope.onmessage = ({ data }) => onMessage(data);
    },
  };
}

/** Node's threads without an import, which bundlers for the browser would stumble over; from Node 20.16. */
function nodeThreads(): NodeThreads | undefined {
  const host = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return host['process']?.getBuiltinModule?.('worker_threads') as NodeThreads | undefined;
}
