import { request as plain, type Agent, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as secure } from 'node:https';
import { SourceFailure } from './source-failure.js';

export interface GetOptions {
  readonly headers?: OutgoingHttpHeaders;
  readonly signal: AbortSignal;
  /** Bytes of the body that are read at most; what is longer is refused, unread. */
  readonly bytesMax: number;
  /** With certificates of its own, e.g. those of a cluster. */
  readonly agent?: Agent | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/**
 * One GET. Redirects are handed back and not followed: a source that sends us elsewhere must not choose whom we ask. The body is
 * asked for as it is, since a small compressed one may unpack to any size.
 * @throws {SourceFailure} when the body is too long; errors of the network and of the signal as they are.
 */
export const boundedGet = async (url: URL, { headers, signal, bytesMax, agent }: GetOptions): Promise<Answer> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { method: 'GET', headers: { ...headers, 'accept-encoding': 'identity' }, signal, agent };
    const request = (url.protocol === 'https:' ? secure : plain)(url, options);
    request.once('response', resolve).once('error', reject);
    // Such as an upgrade nobody asked for: the connection is over and neither of the others came.
    request.once('close', () => reject(new SourceFailure('error', 'It ended the connection without an answer.')));
    request.end();
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytesMax) {
      response.destroy();
      throw new SourceFailure('error', `Its answer is longer than ${bytesMax} bytes and was not read.`);
    }
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
};
