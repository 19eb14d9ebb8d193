import type { Role, Usage } from '@inquest/contracts';

export interface ModelFault {
  readonly role: Role;
  readonly model: string;
  /** The API's id of the request, for a support question. */
  readonly requestId?: string | null;
  readonly cause?: unknown;
}

/** The model gave no usable answer. The role is then degraded: it abstains, and its rules' findings stand as advice. */
export abstract class ModelError extends Error {
  /** For telemetry and logs, of few values. */
  abstract readonly code: 'timeout' | 'refused' | 'unreadable' | 'unavailable' | 'budget';
  readonly role: Role;
  readonly model: string;
  readonly requestId: string | null;
  /** What was consumed before it failed, which is charged all the same; null when nothing was. */
  usage: Usage | null = null;

  protected constructor({ role, model, requestId, cause }: ModelFault, text: string) {
    super(`${role}'s model ${model} ${text}${requestId ? ` (request ${requestId})` : ''}`, { cause });
    this.role = role;
    this.model = model;
    this.requestId = requestId ?? null;
  }
}

/** The caller's signal fired before the answer was complete. Asking again helps only with more time. */
export class ModelTimeoutError extends ModelError {
  override readonly name = 'ModelTimeoutError';
  readonly code = 'timeout';
  constructor(fault: ModelFault) {
    const variable = `AIOPS_MODEL_${fault.role.toUpperCase()}`;
    super(
      fault,
      `did not answer before its deadline. Give turns more time (INQUEST_TURN_MS) or choose a faster model (${variable}).`,
    );
  }
}

/** The API's safety system declined the request. The same input will be declined again. */
export class ModelRefusedError extends ModelError {
  override readonly name = 'ModelRefusedError';
  readonly code = 'refused';
  constructor(
    fault: ModelFault,
    /** The policy category that the API names, if any. */
    readonly category: string | null,
  ) {
    super(fault, `refused to answer (category: ${category ?? 'not named'}). The same evidence would be refused again.`);
  }
}

/** Twice the model answered in a form that the schema does not allow, the second time though told what was wrong. */
export class UnreadableAnswerError extends ModelError {
  override readonly name = 'UnreadableAnswerError';
  readonly code = 'unreadable';
  constructor(
    fault: ModelFault,
    readonly problems: string,
  ) {
    super(fault, `answered twice in a form that its schema does not allow. ${problems}`);
  }
}

/** The API could not be reached, kept failing, rejected the request, or the breaker is open after such failures. */
export class ModelUnavailableError extends ModelError {
  override readonly name = 'ModelUnavailableError';
  readonly code = 'unavailable';
  constructor(
    fault: ModelFault,
    /** HTTP status, when there was an answer. */
    readonly status: number | null,
    reason: string,
  ) {
    super(fault, `is unavailable${status ? ` (HTTP ${status})` : ''}: ${reason}`);
  }
}

/** A budget is used up, so the model was not asked. Nothing is wrong with it: the rules answer, as if there were no model. */
export class ModelBudgetError extends ModelError {
  override readonly name = 'ModelBudgetError';
  readonly code = 'budget';
  constructor(fault: ModelFault, reason: string) {
    super(fault, `was not asked: ${reason}`);
  }
}
