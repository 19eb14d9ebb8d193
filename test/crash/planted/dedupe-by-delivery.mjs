/**
 * A planted bug: a repeat is recognised by its delivery and not by the seat it fills, so a question that is delivered twice
 * is answered twice. Preload it into both replicas of a role; the rule `supersession-is-explained` has to find it.
 */
import { SessionStreams } from '../../../libs/streams/dist/session-streams.js';

const { publish } = SessionStreams.prototype;
let deliveries = 0;

SessionStreams.prototype.publish = function (publication) {
  deliveries += 1;
  return publish.call(this, { ...publication, key: `${publication.key}:${process.pid}-${deliveries}` });
};
