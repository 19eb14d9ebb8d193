/**
 * A planted bug: a Coordinator knows of verdict and critique only what its own process was told. With two replicas each
 * hears one of them, and both wait. Preload it into all of them; the rule `last-answer-decides` has to find it.
 */
import { SessionReader } from '../../../libs/agent/dist/session-reader.js';
import { TurnRunner } from '../../../libs/agent/dist/turn-runner.js';

const { take } = TurnRunner.prototype;
const { read } = SessionReader.prototype;
const heard = new Set();

TurnRunner.prototype.take = function (entry, stopping) {
  heard.add(`${entry.session} ${entry.type}`);
  return take.call(this, entry, stopping);
};

SessionReader.prototype.read = async function (sessionId) {
  const session = await read.call(this, sessionId);
  if (!session) return session;
  const told = (said, type) => (heard.has(`${sessionId} ${type}`) ? said : undefined);
  return { ...session, verdict: told(session.verdict, 'verdict.given'), critique: told(session.critique, 'critique.raised') };
};
