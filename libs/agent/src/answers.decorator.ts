import type { MessageType } from '@inquest/contracts';
import { DiscoveryService } from '@nestjs/core';

export interface Binding {
  /** The messages that give the role its turn. */
  readonly question: MessageType | readonly MessageType[];
  readonly answer: MessageType;
}

/**
 * Marks the one method of a role that answers: `(session, turn) => Promise<Answer<data of the answer's type>>`. The shell
 * finds it at start and owns everything around it.
 */
export const Answers = DiscoveryService.createDecorator<Binding>();
