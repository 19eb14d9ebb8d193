import { VOTERS, type Ballot, type Message, type Published, type Voter } from '@inquest/contracts';
import type { Session } from './session.js';

type Heard = Published<Message> | undefined;

const seatOf = (session: Session, voter: Voter): Heard => {
  switch (voter) {
    case 'diagnostician':
      return session.diagnosis;
    case 'solver':
      return session.plan;
    case 'reviewer':
      return session.verdict;
    case 'critic':
      return session.critique;
    default:
      return voter satisfies never;
  }
};

/** How each of the four voted. A seat that nobody filled counts as degraded. */
export const ballots = (session: Session): Ballot[] => VOTERS.map((voter) => ballotOf(voter, seatOf(session, voter)?.message));

const ballotOf = (voter: Voter, message: Message | undefined): Ballot => ({
  voter,
  present: message !== undefined,
  vote: message?.vote ?? null,
  mind: message?.mind ?? null,
  degraded: message?.degraded ?? true,
  answeredFor: message ? message.onBehalfOf !== null : false,
});

/** Gate 4's condition for one voter: degraded, abstained, answered for or silent. */
export const isWeak = (ballot: Ballot): boolean =>
  ballot.degraded || ballot.vote === 'ABSTAIN' || ballot.answeredFor || !ballot.present;
