/**
 * A planted bug: the recorder lets a decision out of the building and commits it afterwards. Preload it into a recorder;
 * the rule `recorded-before-released` has to find it.
 */
import { Recorder } from '../../../apps/recorder/dist/recorder.js';

const { append } = Recorder.prototype;

Recorder.prototype.append = async function (open, events) {
  await this.releases.release(events.map(({ seq, body }) => ({ seq, ...JSON.parse(body) })));
  return append.call(this, open, events);
};
