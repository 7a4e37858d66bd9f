import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

/** What the server answers, whatever is asked: an object that would be seen in a build. */
const ANSWER = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: fetched }\n';

/** By connection: who has come. */
const arrived = new Map();

const server = createServer((request, response) => {
  const { method, url, socket } = request;
  if (url !== '/arrived') {
    arrived.set(socket, `${method} ${url}`);
    response.end(ANSWER);
    return;
  }
  arrived.delete(socket); // It is the test that asks.
  response.end(JSON.stringify([...arrived.values()]));
  arrived.clear();
});
server.on('connection', socket => arrived.set(socket, 'connection'));
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
