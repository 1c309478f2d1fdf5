/** A worker of a browser, or a thread of Node, seen from the thread that started it. */
export interface Thread {
  /** @param transfer - buffers that go over without a copy and are empty here afterwards */
  post(message: unknown, transfer?: ArrayBuffer[]): void;
  listen(onMessage: (message: unknown) => void, onError: (error: Error) => void): void;
  terminate(): void;
}

/** The seam of this thread to the one that started it. */
export interface ParentPort {
  post(message: unknown, transfer?: ArrayBuffer[]): void;
  listen(onMessage: (message: unknown) => void): void;
}

/** What is used of `node:worker_threads`. */
interface NodeThreads {
  Worker: new (
    url: URL,
    options: { execArgv: string[] },
  ) => {
    postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
    // biome-ignore lint/suspicious/noExplicitAny: what an event carries depends on its name
    on(event: string, listener: (value: any) => void): unknown;
    terminate(): Promise<number>;
  };
  parentPort: {
    postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
    on(event: string, listener: (message: unknown) => void): unknown;
  } | null;
}

/**
 * How the workers of a file are started.
 * @param url - the file, for Node
 * @param start - makes a worker of the platform; the file stands in it once more, where bundlers look for it
 * @param createWorker - the caller's own way
 * @returns undefined where the platform has no workers.
 */
export function threadStarter(
  url: URL,
  start: () => Worker,
  createWorker?: () => Thread,
): (() => Thread) | undefined {
  if (createWorker) return createWorker;
  if (typeof Worker === 'function') return () => webThread(start());
  const threads = nodeThreads();
  if (!threads) return undefined;
  const { Worker: NodeWorker } = threads;
  // the flags of this process, such as the loaders of a test runner, are none of its business
  return () => nodeThread(new NodeWorker(url, { execArgv: [] }));
}

/** Wraps a worker of the platform, for `createWorker`. */
export function webThread(worker: Worker): Thread {
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen(onMessage, onError) {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onerror = (event) => {
        onError(new Error(`the worker failed: ${event.message || 'it could not be loaded'}`));
      };
      worker.onmessageerror = () => onError(new Error('a message of the worker is not readable'));
    },
    terminate: () => worker.terminate(),
  };
}

/** Wraps a `Worker` of `node:worker_threads`, for `createWorker`. */
export function nodeThread(worker: InstanceType<NodeThreads['Worker']>): Thread {
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen(onMessage, onError) {
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', (code: number) => {
        onError(new Error(`the worker ended with exit code ${code}`));
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
      post: (message, transfer) => port.postMessage(message, transfer),
      listen: (onMessage) => port.on('message', onMessage),
    };
  }
  const scope = globalThis as unknown as Worker;
  if (typeof scope.postMessage !== 'function') return undefined;
  return {
    post: (message, transfer = []) => scope.postMessage(message, transfer),
    listen(onMessage) {
      scope.onmessage = ({ data }) => onMessage(data);
    },
  };
}

/** Lets the events that wait have their turn. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Node's threads without an import, which bundlers for the browser would stumble over; from Node 20.16. */
function nodeThreads(): NodeThreads | undefined {
  const host = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return host['process']?.getBuiltinModule?.('worker_threads') as NodeThreads | undefined;
}
