export interface PoisonedEventDraft {
  readonly sessionId: string | null;
  readonly streamId: string;
  readonly seq: number;
  readonly body: string;
  readonly reason: string;
}

export interface PoisonedEvent {
  readonly id: number;
  readonly sessionId: string | null;
  readonly streamId: string;
  readonly seq: number;
  /** As received, in UTF-8 (a lone surrogate becomes U+FFFD). */
  readonly bytes: Buffer;
  readonly reason: string;
  readonly createdAt: string;
}
