import { ClaudeModel } from '@inquest/model';
import { FakeAnthropic } from '@inquest/testing';
import { ModelReview, reviewPrompt } from './review.prompt.js';

const evidence = { logs: [{ id: 'log-1', status: 'ok', title: 'Log of cache-0', text: 'OOMKilled: memory limit reached' }] };

it('asks a question that the API accepts, whose answer its schema allows', async () => {
  const fake = await FakeAnthropic.start();
  try {
    const model = new ClaudeModel({ apiKey: 'key', baseURL: fake.url });
    const input = { evidence, plan: { actions: [{ id: 'a1', command: 'kubectl rollout undo deployment/cache' }] } };
    const reply = await model.ask({
      role: 'reviewer',
      prompt: reviewPrompt,
      input,
      schema: ModelReview,
      signal: AbortSignal.timeout(5_000),
    });
    expect(reply.data.objections).toEqual([]);
    expect(fake.seenFrom('reviewer')).toHaveLength(1);
    // Long enough to be cached: 512 tokens is the least.
    expect(reply.usage.cacheWriteTokens).toBeGreaterThan(512);
  } finally {
    await fake.stop();
  }
});
