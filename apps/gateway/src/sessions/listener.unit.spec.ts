import type { Published } from '@inquest/contracts';
import { aDiagnosis, anOpening, published } from '@inquest/testing';
import { Listener } from './listener.js';

const event = (seq: number): Published => published('diagnosis.reported', aDiagnosis(), { seq });
const opened = published('session.opened', anOpening(), { seq: 1 });
const failed = (seq: number): Published => published('session.failed', { code: 'poisoned', reason: 'r', detail: '' }, { seq });

const listening = (lastSeq = 0) => {
  const seen: (number | 'end')[] = [];
  const listener = new Listener(lastSeq, { next: ({ seq }) => void seen.push(seq), complete: () => void seen.push('end') });
  return { seen, listener };
};

describe('a listener', () => {
  it('hands on each message once, however often it is offered', () => {
    const { seen, listener } = listening();
    listener.offer([opened, event(2)], 0);
    listener.offer([opened, event(2), event(3)], 150);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('holds back what would leave a gap until the gap is filled', () => {
    const { seen, listener } = listening();
    listener.offer([opened, event(3)], 0);
    expect(seen).toEqual([1]);
    listener.offer([event(2), event(3)], 5_000);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('goes on after ten seconds, since a number may stay empty for ever', () => {
    const { seen, listener } = listening();
    listener.offer([opened, event(3)], 0);
    listener.offer([event(3)], 9_999);
    expect(seen).toEqual([1]);
    listener.offer([event(3)], 10_000);
    expect(seen).toEqual([1, 3]);
  });

  it('waits anew for a second gap', () => {
    const { seen, listener } = listening();
    listener.offer([opened, event(3), event(5)], 0);
    listener.offer([event(3), event(5)], 10_000);
    expect(seen).toEqual([1, 3]);
  });

  it('waits but a second when the session says that it could not be stored', () => {
    const { seen, listener } = listening();
    listener.offer([opened, failed(3)], 0);
    listener.offer([failed(3)], 1_000);
    expect(seen).toEqual([1, 3, 'end']);
  });

  it('ends for a client that waits beyond the end, once the session is known to have ended', () => {
    const { seen, listener } = listening(7);
    listener.offer([], 0);
    expect(seen).toEqual([]);
    listener.offer([], 1_000, true);
    expect(seen).toEqual(['end']);
  });

  it('hands on the end itself before it ends, and waits for a gap first', () => {
    const { seen, listener } = listening(1);
    listener.offer([failed(3)], 0, true);
    expect(seen).toEqual([]);
    listener.offer([event(2), failed(3)], 150, true);
    expect(seen).toEqual([2, 3, 'end']);
  });

  it('starts after the last message that its client has seen', () => {
    const { seen, listener } = listening(2);
    listener.offer([opened, event(2), event(3)], 0);
    expect(seen).toEqual([3]);
  });
});
