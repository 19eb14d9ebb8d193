/** Epoch milliseconds of this machine, which is also Redis' clock unless a fault moves one of the two. */
type Ms = number;

/** An incident that a gateway answered with 2xx. */
export interface Acceptance {
  readonly incidentId: string;
  readonly sessionId: string;
  /** Null when the request came without one. */
  readonly idempotencyKey: string | null;
  readonly atMs: Ms;
}

/** A request that got no reply at all: it may or may not have been taken. */
export interface Unanswered {
  readonly idempotencyKey: string;
  readonly atMs: Ms;
}

/** Something that was done to the system, from its injection until it was healed. */
export interface FaultSpan {
  readonly name: string;
  /** A service, one replica of it (`solver.1`), `redis`, `postgres`, `network`, `clock` or `delivery`. */
  readonly victim: string;
  readonly fromMs: Ms;
  readonly toMs: Ms;
  /** Whether another replica of the victim stayed untouched all the time. Absent: judged by the number of replicas and the name. */
  readonly hadPeer?: boolean;
}

/** An entry of the gateway's inbox as seen from outside. */
export interface SeenRelease {
  readonly sessionId: string;
  readonly eventHash: string;
  /** Whether the row with this hash was committed when the release was seen; null when Postgres could not be asked in time. */
  readonly wasRecorded: boolean | null;
  readonly atMs: Ms;
}

/** A gateway process that acted on a release, by its own log. */
export interface ActedOn {
  readonly sessionId: string;
  /** Which one, until it ends: two processes in one place are two. */
  readonly process: string;
  readonly atMs: Ms;
}

/** What clients and observers saw of the system, from outside. Append-only, in memory. */
export class History {
  private readonly log = {
    accepted: [] as Acceptance[],
    unanswered: [] as Unanswered[],
    faults: [] as FaultSpan[],
    releases: [] as SeenRelease[],
    acted: [] as ActedOn[],
  };

  accepted(acceptance: Acceptance): void {
    this.log.accepted.push(acceptance);
  }

  unanswered(request: Unanswered): void {
    this.log.unanswered.push(request);
  }

  /** After it was healed, or with an open end (`Infinity`) while it lasts. */
  fault(span: FaultSpan): void {
    this.log.faults.push(span);
  }

  released(release: SeenRelease): void {
    this.log.releases.push(release);
  }

  acted(act: ActedOn): void {
    this.log.acted.push(act);
  }

  get acceptances(): readonly Acceptance[] {
    return this.log.accepted;
  }

  get unansweredRequests(): readonly Unanswered[] {
    return this.log.unanswered;
  }

  get faults(): readonly FaultSpan[] {
    return this.log.faults;
  }

  get releases(): readonly SeenRelease[] {
    return this.log.releases;
  }

  get acts(): readonly ActedOn[] {
    return this.log.acted;
  }
}
