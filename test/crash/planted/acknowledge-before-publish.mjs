/**
 * A planted bug: a role acknowledges its question as soon as it has it. When it dies over its answer nobody asks again.
 * Preload it into a role; the rule `peer-takes-over` has to find it once that process is killed in mid-turn.
 */
import { Deliveries } from '../../../libs/streams/dist/reader/deliveries.js';

const { attempt } = Deliveries.prototype;

Deliveries.prototype.attempt = async function (entries) {
  await this.options.acknowledgements.add(entries.map(({ inboxId }) => inboxId));
  return attempt.call(this, entries);
};
