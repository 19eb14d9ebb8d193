import { Answers, type Answer } from '@inquest/agent';
import type { DecisionPackage } from '@inquest/contracts';
import { decide, type Session } from '@inquest/debate';
import { Injectable } from '@nestjs/common';

/** Decides when a session ends and through which gate. Pure rules: it has no opinion of its own, and no vote. */
@Injectable()
export class Coordinator {
  @Answers({ question: ['verdict.given', 'critique.raised', 'session.opened'], answer: 'decision.made' })
  async conclude(session: Session): Promise<Answer<DecisionPackage>> {
    const decision = decide(session);
    return { data: decision, mind: 'rules', degraded: decision.degraded, vote: null };
  }
}
