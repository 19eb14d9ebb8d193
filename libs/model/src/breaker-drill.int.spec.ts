import { drillBreaker } from './breaker-drill.js';

it('sees the breaker open after outages in a row, and close once the endpoint answers', async () => {
  expect(await drillBreaker()).toEqual({ opens: true, closes: true });
});
