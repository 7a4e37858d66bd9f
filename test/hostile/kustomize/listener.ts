import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll } from 'vitest';

/** A server of this machine, and what has come to it. */
export interface Listener {
  readonly port: () => number;
  /**
   * Who has come since it was asked last: `GET /x.yaml`, or `connection` where no request was made
   * out. Whoever came before this question stands before it in the queue.
   */
  readonly arrived: () => Promise<readonly string[]>;
}

/** For the tests of a file: in a thread of its own, as this one waits for what it starts. */
export function lastingListener(): Listener {
  const thread = new Worker(new URL('./listener-thread.mjs', import.meta.url));
  let port = 0;
  beforeAll(async () => {
    [port] = await once(thread, 'message');
  });
  afterAll(() => thread.terminate());
  const arrived = async (): Promise<readonly string[]> => {
    const headers = { connection: 'close' };
    const response = await fetch(`http://127.0.0.1:${port}/arrived`, { headers });
    return (await response.json()) as readonly string[];
  };
  return { port: () => port, arrived };
}
