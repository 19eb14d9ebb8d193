import { once } from 'node:events';
import { request } from 'node:http';
import { startHarness, TOKENS, until } from './gateway.harness.spec.js';
import { startGatewayBehindBalancer } from './start-gateway.js';

jest.setTimeout(60_000);

const refused = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  );

describe('a gateway that is asked to stop', () => {
  it('goes on taking requests for a while, though its readiness says no', async () => {
    const door = await startHarness({ INQUEST_SHUTDOWN_DELAY_MS: '1000' }, startGatewayBehindBalancer);
    const stopped = door.stopGateway();
    expect((await door.send('GET', '/readyz')).status).toBe(503);
    expect((await door.send('POST', '/v1/incidents', { incident: { title: 'Late' } })).status).toBe(202);
    await stopped;
    expect(await refused(`${door.url}/readyz`)).toBe(true);
    await door.close();
  });

  it('answers what it has begun to read before it goes', async () => {
    const door = await startHarness();
    const body = JSON.stringify({ incident: { title: 'Slowly sent' } });
    const sending = request(`${door.url}/v1/incidents`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${TOKENS.operator}`,
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      },
    });
    const answered = once(sending, 'response');
    sending.flushHeaders();
    await once(sending, 'continue');
    sending.write(body.slice(0, 10));
    const stopped = door.stopGateway();
    await until(() => refused(`${door.url}/readyz`));
    sending.end(body.slice(10));
    const [response] = (await answered) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(202);
    await stopped;
    await door.close();
  });
});
