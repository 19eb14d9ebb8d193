import type { Published } from '@inquest/contracts';
import { decide, fold } from '@inquest/debate';
import { aDiagnosis, anOpening, published, SESSION_ID } from '@inquest/testing';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXIT } from './exit-codes.js';
import { GatewayClient } from './gateway-client.js';

const opened = published('session.opened', anOpening());
const diagnosed = published('diagnosis.reported', aDiagnosis(), { seq: 2, causes: [opened.message] });
const session = fold([opened, diagnosed]);
if (!session) throw new Error('the messages do not begin with an opening');
const decided = published('decision.made', decide(session), { seq: 3 });

const sse = (...messages: Published[]): string =>
  messages.map((message) => `id: ${message.seq}\nevent: ${message.message.type}\ndata: ${JSON.stringify(message)}\n\n`).join('');

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers its first request by the first reply, and so on; the last one stays. */
const serving = async (
  replies: readonly Reply[],
  work: (gateway: GatewayClient, seen: IncomingMessage[]) => Promise<void>,
): Promise<void> => {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const reply = replies[Math.min(seen.length, replies.length - 1)];
    seen.push(request);
    request.resume().on('end', () => reply?.(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await work(new GatewayClient({ url: `http://127.0.0.1:${port}`, token: 'secret' }), seen);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

const stream =
  (text: string, ending: 'end' | 'break' | 'stay'): Reply =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => {
      if (ending === 'end') response.end();
      if (ending === 'break') response.destroy();
    });
  };

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const seqsOf = async (gateway: GatewayClient): Promise<number[]> => {
  const seqs: number[] = [];
  for await (const { seq } of gateway.events(SESSION_ID)) seqs.push(seq);
  return seqs;
};

describe('the events of a session', () => {
  it('end with the terminal message, though the connection stays', () =>
    serving([stream(sse(opened, diagnosed, decided), 'stay')], async (gateway) => {
      expect(await seqsOf(gateway)).toEqual([1, 2, 3]);
    }));

  it.each(['break', 'end'] as const)('are taken up where the connection stopped (%s), without gap or repeat', (ending) =>
    serving(
      [stream(sse(opened), ending), stream(sse(opened, diagnosed), ending), stream(sse(diagnosed, decided), 'stay')],
      async (gateway, seen) => {
        expect(await seqsOf(gateway)).toEqual([1, 2, 3]);
        expect(seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '2']);
      },
    ),
  );

  it('end when the server says that there is nothing more', () =>
    serving([stream(sse(opened), 'end'), json(204, undefined)], async (gateway) => {
      expect(await seqsOf(gateway)).toEqual([1]);
    }));

  it('are refused with what the server says, and what to do', () =>
    serving([json(404, { title: 'Not found', detail: 'There is no such session.' })], async (gateway) => {
      await expect(seqsOf(gateway)).rejects.toMatchObject({
        message: expect.stringContaining('There is no such session.') as string,
        hint: expect.stringContaining('inquest sessions') as string,
        exitCode: EXIT.failed,
      });
    }));
});

describe('handing an incident in', () => {
  const receipt = { sessionId: SESSION_ID, results: [] };

  it('sends token and idempotency key', () =>
    serving([json(202, receipt)], async (gateway, seen) => {
      expect(await gateway.submit({}, 'key-1')).toEqual(receipt);
      expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'idempotency-key': 'key-1' });
    }));

  it('is repeated under the same key when the server asks for patience', () =>
    serving(
      [json(503, { title: 'Too busy right now' }, { 'retry-after': '0.05' }), json(202, receipt)],
      async (gateway, seen) => {
        expect(await gateway.submit({}, 'key-1')).toEqual(receipt);
        expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1']);
      },
    ));

  it('says so when the answer is of an unknown form', () =>
    serving([json(202, { other: true })], async (gateway) => {
      await expect(gateway.submit({}, 'key-1')).rejects.toMatchObject({
        message: expect.stringContaining('does not know') as string,
      });
    }));
});
