import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Status and body of an answer, or a handler of its own. */
export type HttpReply =
  | { readonly status?: number; readonly json?: unknown; readonly text?: string; readonly headers?: Record<string, string> }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export interface FakeHttpServer {
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: { readonly url: URL; readonly headers: IncomingMessage['headers']; readonly method: string }[];
  /** Later ones go first; the first whose path begins so answers. Nobody: 404. */
  on(path: string, reply: HttpReply): void;
  close(): Promise<void>;
}

/** An HTTP server of the wire's form, for sources that cannot be run here. */
export const fakeHttpServer = async (): Promise<FakeHttpServer> => {
  const replies: { path: string; reply: HttpReply }[] = [];
  const asked: FakeHttpServer['asked'] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    asked.push({ url, headers: request.headers, method: request.method ?? '' });
    const reply = replies.find(({ path }) => `${url.pathname}${url.search}`.startsWith(path))?.reply ?? { status: 404 };
    if (typeof reply === 'function') return reply(request, response);
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.text ?? JSON.stringify(reply.json ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    on: (path, reply) => void replies.unshift({ path, reply }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
