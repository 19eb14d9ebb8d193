import { aDiagnosis, anOpening, published } from '@inquest/testing';
import { RecordedEvent } from './gateway-answers.js';
import { brokenMessages } from './recorded-hashes.js';

const opened = published('session.opened', anOpening());
const diagnosis = published('diagnosis.reported', aDiagnosis(), { seq: 2, causes: [opened.message] });
const recorded = (...events: unknown[]): RecordedEvent[] =>
  events.map((event) => RecordedEvent.parse(JSON.parse(JSON.stringify(event))));

describe('recorded hashes', () => {
  it('fit what was published', () => expect(brokenMessages(recorded(opened, diagnosis))).toEqual([]));

  it('do not fit changed data', () => {
    const changed = {
      ...diagnosis,
      message: { ...diagnosis.message, data: { ...diagnosis.message.data, summary: 'Something else.' } },
    };
    expect(brokenMessages(recorded(opened, changed))).toEqual([
      { seq: 2, role: 'diagnostician', type: 'diagnosis.reported', differs: ['outputHash', 'eventHash'] },
    ]);
  });

  it('are taken of what was published, also of keys that this reader does not know', () => {
    const newer = published('diagnosis.reported', { ...aDiagnosis(), fromTheFuture: true } as ReturnType<typeof aDiagnosis>, {
      causes: [opened.message],
    });
    expect(brokenMessages(recorded(opened, newer))).toEqual([]);
  });

  it('do not fit when a cause is not the message that was meant', () => {
    const other = published('session.opened', anOpening({ path: 'single' }));
    expect(brokenMessages(recorded(other, diagnosis))).toEqual([expect.objectContaining({ seq: 2, differs: ['causes'] })]);
  });
});
