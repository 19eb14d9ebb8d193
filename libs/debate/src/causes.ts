import { causeOf, type Cause, type Message, type Role } from '@inquest/contracts';
import { spoken, type Session } from './session.js';

/** What a role may have heard before it answers. Reviewer and Critic speak in parallel and never see each other. */
const HEARD: Partial<Record<Role, readonly Message['type'][]>> = {
  diagnostician: ['session.opened'],
  single: ['session.opened'],
  solver: ['session.opened', 'diagnosis.reported'],
  reviewer: ['session.opened', 'diagnosis.reported', 'plan.proposed'],
  critic: ['session.opened', 'diagnosis.reported', 'plan.proposed'],
};

/** The causes of a role's answer: the messages it rests on. The Coordinator's rest on all that was said. */
export const causesOf = (role: Role, session: Session): Cause[] =>
  spoken(session)
    .filter(({ message }) => HEARD[role]?.includes(message.type) ?? true)
    .map(({ message }) => causeOf(message));

/** The stream ids of the entries that asked a role: what its group acknowledges once it has answered. */
export const questionsTo = (role: Role, session: Session): string[] => {
  const { opened, diagnosis, plan, verdict, critique } = session;
  const asked: Partial<Record<Role, readonly ({ streamId: string } | undefined)[]>> = {
    diagnostician: [opened],
    single: [opened],
    solver: [diagnosis],
    reviewer: [plan],
    critic: [plan],
    coordinator: opened.message.data.path === 'escalate' ? [opened] : [verdict, critique],
  };
  return (asked[role] ?? []).filter((question) => question !== undefined).map(({ streamId }) => streamId);
};
