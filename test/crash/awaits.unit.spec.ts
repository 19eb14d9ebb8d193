import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uncoveredAwaits } from './awaits.js';

/** Where a message is published, answered, recorded, released, given up at its deadline, and acted on. */
const SOURCES = [
  'libs/streams/src/session-streams.ts',
  'libs/streams/src/reader/deliveries.ts',
  'libs/agent/src/turn-runner.ts',
  'libs/agent/src/role-answer.ts',
  'libs/agent/src/session-publisher.ts',
  'libs/agent/src/session-reader.ts',
  'apps/recorder/src/recorder.ts',
  'apps/recorder/src/bodies.ts',
  'apps/recorder/src/burials.ts',
  'apps/recorder/src/failures.ts',
  'apps/recorder/src/releases.ts',
  'apps/recorder/src/repairs.ts',
  'apps/recorder/src/aftermath.ts',
  'apps/recorder/src/supersessions.ts',
  'apps/coordinator/src/deadline-watch.ts',
  'apps/gateway/src/incidents/reception.ts',
  'apps/gateway/src/incidents/opener.ts',
  'apps/gateway/src/incidents/phase-switch.ts',
  'apps/gateway/src/sessions/releases.ts',
];

const inText = (text: string) => uncoveredAwaits(new Map([['here.ts', text]])).map(({ line }) => line);

describe('every await between two effects', () => {
  it('has a fail point', () => {
    const root = join(__dirname, '../..');
    const sources = new Map(SOURCES.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
    expect(uncoveredAwaits(sources).map(({ file, line, text }) => `${file}:${line} ${text}`)).toEqual([]);
  });

  it('is missed when its fail point is taken away', () => {
    const publish = (between: string) => `class Publisher {
      async publish() {
        await this.at('begin');
        await send(this.redis, 'xadd');
        ${between}
        await send(this.redis, 'xack');
        await this.at('end');
      }
    }`;
    expect(inText(publish("await this.at('stored');"))).toEqual([]);
    expect(inText(publish(''))).toEqual([4]);
  });

  it('is missed on an object that brings no points of its own', () => {
    const recorder = (type: string) => `class Recorder {
      constructor(private readonly record: ${type}) {}
      async take() {
        await this.record.append([]);
      }
    }`;
    expect(inText(recorder('SessionRecord'))).toEqual([]);
    expect(inText(recorder('Pool'))).toEqual([4]);
  });
});
