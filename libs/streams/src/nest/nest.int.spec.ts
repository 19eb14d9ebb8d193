import { Controller, UseFilters, type INestMicroservice } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { lastValueFrom, of } from 'rxjs';
import { UnrecoverableEntryError } from '../errors.js';
import { inboxKey } from '../keys.js';
import type { Publication } from '../publication.js';
import { Bench, gate, opening, until } from '../support.spec.js';
import { EntryExceptionFilter } from './entry-exception.filter.js';
import { RedisStreamsClient } from './redis-streams-client.js';
import { RedisStreamsContext } from './redis-streams-context.js';
import { RedisStreamsServer, type RedisStreamsServerOptions } from './redis-streams-server.js';

interface Heard {
  readonly what: string;
  readonly payload: unknown;
  readonly context: RedisStreamsContext;
}

const heard: Heard[] = [];
const held = gate();

@Controller()
class Listener {
  @EventPattern<string>('session.opened')
  async onOpened(@Payload() payload: unknown, @Ctx() context: RedisStreamsContext): Promise<void> {
    heard.push({ what: 'opened', payload, context });
  }

  @MessagePattern('plan.proposed')
  onPlan(@Payload() payload: unknown, @Ctx() context: RedisStreamsContext) {
    heard.push({ what: 'plan', payload, context });
    return of('an observable', 'is waited for');
  }

  @EventPattern<string>('plan.refused')
  async onRefused(): Promise<void> {
    throw new UnrecoverableEntryError('refused', 'never');
  }

  @EventPattern<string>('plan.stumbles')
  async onStumble(@Payload() payload: unknown, @Ctx() context: RedisStreamsContext): Promise<void> {
    heard.push({ what: 'stumble', payload, context });
    if (context.getEntry().deliveries < 2) throw new Error('once');
  }

  @UseFilters(EntryExceptionFilter)
  @EventPattern<string>('plan.fails')
  async onFailure(): Promise<void> {
    throw new Error('the true reason');
  }

  @EventPattern<string>('plan.takes-long')
  async onLong(@Payload() payload: unknown, @Ctx() context: RedisStreamsContext): Promise<void> {
    heard.push({ what: 'long', payload, context });
    await held.opened;
    heard.push({ what: 'long done', payload, context });
  }
}

describe('the Nest transport', () => {
  let bench: Bench;
  let app: INestMicroservice | undefined;
  let client: RedisStreamsClient;
  let server: RedisStreamsServer;
  beforeAll(async () => {
    bench = await Bench.start();
    client = new RedisStreamsClient(bench.streams);
  });
  afterEach(() => app?.close());
  afterAll(() => bench.end());
  beforeEach(async () => {
    await bench.empty();
    heard.length = 0;
  });

  const start = async (options: Partial<RedisStreamsServerOptions> = {}): Promise<void> => {
    server = new RedisStreamsServer({
      redis: bench.redis,
      inbox: 'solver',
      consumer: 'nest',
      blockMs: 300,
      retryDelayMs: 10,
      deliveriesMax: 3,
      ...options,
    });
    const module = await Test.createTestingModule({ controllers: [Listener] }).compile();
    app = module.createNestMicroservice({ strategy: server, logger: false });
    await app.listen();
  };
  const emit = async (type: string, sessionId: string, body: string, over: Partial<Publication> = {}): Promise<string> => {
    const result = await lastValueFrom(client.emit(type, { ...opening(sessionId, { body, to: ['solver'] }), ...over }));
    return result.status;
  };
  const settled = async (): Promise<boolean> => (await bench.pending(inboxKey('solver'), 'solver')) === 0;

  it('carries an event from a client to the handler of its type and acknowledges it', async () => {
    await start();
    expect(await emit('session.opened', 's1', '{"schemaVersion":1,"said":"hello"}', { traceparent: '00-aa-bb-01' })).toBe(
      'published',
    );
    expect(await emit('session.opened', 's1', '{"said":"again"}')).toBe('already-answered');
    await until(async () => heard.length === 2 && (await settled()));
    expect(heard.map(({ payload }) => payload)).toEqual(Array(2).fill({ schemaVersion: 1, said: 'hello' }));
    const [{ context } = { context: undefined }] = heard;
    expect(context?.getPattern()).toBe('session.opened');
    expect(context?.getEntry()).toMatchObject({ session: 's1', seq: 1, traceparent: '00-aa-bb-01', deliveries: 1 });
    expect(context?.getSignal().aborted).toBe(false);
  });

  it('takes the trace of a dispatch hook along', async () => {
    const traced = new RedisStreamsClient(bench.streams);
    traced.setOnDispatchHook((packet) => Object.assign(packet, { metadata: { traceparent: '00-cc-dd-01' } }));
    await lastValueFrom(traced.emit('session.opened', opening('s1', { to: ['solver'] })));
    expect((await bench.streams.read('s1'))[0]?.traceparent).toBe('00-cc-dd-01');
    expect(traced.unwrap()).toBe(bench.streams);
  });

  it('waits for what a handler returns, and follows a body that was too big to travel', async () => {
    await start();
    const said = 'x'.repeat(20_000);
    await emit('plan.proposed', 's1', JSON.stringify({ said }));
    await until(async () => heard.length === 1 && (await settled()));
    expect(heard[0]?.payload).toEqual({ said });
    expect(heard[0]?.context.getEntry().body).toBeNull();
  });

  it('hands over the entry itself to who wants that', async () => {
    await start({ payload: 'entry' });
    await emit('session.opened', 's1', 'not even JSON');
    await until(() => heard.length === 1);
    expect(heard[0]?.payload).toMatchObject({ session: 's1', body: 'not even JSON' });
  });

  it('delivers again after a handler threw', async () => {
    await start();
    await emit('plan.stumbles', 's1', '{}');
    await until(async () => heard.length === 2 && (await settled()));
    expect(await bench.deadLetters.count()).toBe(0);
  });

  it.each([
    ['an unknown type', 'plan.unheard-of', '{}', 'unknown-pattern', 'it handles: plan.fails'],
    ['a body that is not JSON', 'session.opened', '{', 'unreadable', 'not JSON'],
    [
      'a body from the future',
      'session.opened',
      '{"schemaVersion":3}',
      'newer-schema',
      'has schemaVersion 3, this reader knows 2',
    ],
    ['what its handler refuses', 'plan.refused', '{}', 'refused', 'never'],
    [
      'what always fails, with the true reason',
      'plan.fails',
      '{}',
      'deliveries-exhausted',
      'failed 3 times, last with: the true reason',
    ],
  ])('makes a dead letter of %s', async (_, type, body, reason, detail) => {
    await start({ schemaVersionMax: 2 });
    await emit(type, 's1', body);
    await until(async () => (await bench.deadLetters.count()) === 1 && (await settled()));
    expect((await bench.deadLetters.list())[0]).toMatchObject({ reason, detail: expect.stringContaining(detail) as string });
  });

  it('lets handlers finish when the application closes', async () => {
    await start();
    const statuses: string[] = [];
    server.status.subscribe((status) => statuses.push(status));
    let claims = 0;
    server.on('acknowledged', () => (claims += 1));
    await emit('plan.takes-long', 's1', '{}');
    await until(() => heard.length === 1);
    const closing = app?.close();
    held.open();
    await closing;
    expect(heard.map(({ what }) => what)).toEqual(['long', 'long done']);
    expect(await settled()).toBe(true);
    expect([statuses, claims, server.isTurning()]).toEqual([['connected', 'stopped'], 1, true]);
  });

  it('refuses to send where nobody can reply', async () => {
    await expect(lastValueFrom(client.send('session.opened', {}))).rejects.toThrow(/Use emit/);
    await expect(lastValueFrom(client.emit('session.opened', { sessionId: 's1' } as never))).rejects.toThrow(/key/);
  });
});
