/** Who switched a phase, and why. */
export interface PhaseOverrideDraft {
  readonly phase: 1 | 2;
  readonly enabled: boolean;
  readonly actor: string;
  readonly reason: string;
}

export interface PhaseOverride extends PhaseOverrideDraft {
  /** RFC 3339. */
  readonly createdAt: string;
}
