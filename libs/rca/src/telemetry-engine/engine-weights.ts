/**
 * Every number that was chosen rather than derived, in one place. Scores add up in units of roughly one nat of log-odds. Each channel
 * saturates: one wild value must not outweigh three that agree.
 */
export const WEIGHTS = {
  /** During an incident a value counts when a quarter of the points reach it: one odd point is noise, a fault need not last. */
  sustainedQuantile: 0.75,
  /** How much of a symptom a broken callee explains; not all of it, since both may be at fault. */
  explainedShare: 0.8,
  /** Two scrapes or trace windows of the usual minute, nearly: spans and lines of the latest seconds count as those of the incident. */
  recentSeconds: 80,
  resource: {
    /**
     * The least change: a tenth of what is usual here and with the median of the services, and percentages by a point and a half.
     * Idle services double for no reason.
     */
    share: 0.1,
    points: 1.5,
    zMin: 3,
    cap: 4,
    cpu: 1.2,
    /** Memory and I/O drift with load and caches more than CPU does. */
    other: 0.8,
  },
  deviation: {
    share: 0.05,
    points: 0,
    /**
     * A symptom also by this share of what the worst service shows: errors are usually none, and any number is infinitely many times
     * none.
     */
    ofWorst: 0.01,
    /** Beside other channels a hint, which mostly breaks ties. */
    hint: { weight: 0.15, zMax: 50 },
    /** Where nothing but metrics is known it decides, and then its size tells cause from effect: effects fade from call to call. */
    alone: { weight: 0.7, zMax: 1_000 },
  },
  /**
   * Own time is a mean, and one slow query moves it: at least 5 ms and a doubling, in full from ten calls on, at half weight, since
   * code that waits for a slow disk or a busy neighbour looks the same.
   */
  ownTime: { extraMsMin: 5, doublingsMin: 1, cap: 4, fullCount: 10, weight: 0.5 },
  /**
   * Less than 1.5 ms is the network's own noise. A delayed interface slows the calls of its service in both directions, but a caller
   * also waits for a callee that is slow to accept: it counts for less. One delayed edge of many says little of the service.
   */
  wireGap: { extraMsMin: 1.5, growthMin: 0.7, cap: 5, asCaller: 0.6, weight: 1.2, oneEdgeShare: 0.3 },
  /** Three standard errors and a tenth of the usual rate. A child that is gone tells more than one that is called more often. */
  callCounts: { zMin: 3, changeMin: 0.1, cap: 3, gone: 1.5, changed: 0.5, acrossServices: 0.8 },
  /** An edge must have been measured nearly always for its silence to mean anything. */
  silentEdges: { presentMin: 0.9, pointsMin: 2, cap: 3, weight: 0.7 },
  /**
   * Steps that come together in four runs of five belong together; when at most three tenths of that are left, it is a loss. The cap
   * is a surprise of 1 in 150: more runs do not make it much surer that this service, and not its callee, broke off.
   */
  lostSteps: { together: 0.8, leftShare: 0.3, cap: 5, usualMin: 5, duringMin: 2 },
  /** Three standard errors, and at least a halving or a doubling; at most as much as a new error. */
  templateRates: { zMin: 3, changeMin: 1, cap: 3, weight: 0.5 },
  /** Two lines, since one may be chance. Errors are logged by those who suffer as much as by those at fault. */
  newErrors: { linesMin: 2, weight: 1.5 },
  /**
   * A container that was killed for memory or never started is a fault of its own, and nearly certain; one that crashes may do so for
   * want of something else, and one that is not ready mostly does.
   */
  clusterEvents: { cause: 4, consequence: 2.5, suffering: 1, beforeOnsetSeconds: 600 },
  alert: {
    zMin: 5,
    /** Below this the alert's own series is as usual, and says nothing about who else is not. */
    zWeak: 2,
    /** The alert's metric must be measured at this many services to compare them by it. */
    servicesMin: 5,
    /** Availability that never varied must fall by this many times the least change of `deviation`. */
    failureShares: 0.1,
    /** Two points are hardly a usual value, but better than none where no reference exists. */
    usualMin: 2,
    /** The least spread, as a share of the usual value, that so few points are credited with. */
    fewPointsShare: 0.05,
    /** Correlations are within 1 of each other; this makes them log-odds. Less where resources are measured, which tell more. */
    weight: 20,
    besideResources: 5,
    /** Share of what a callee correlates better that is taken from its callers. */
    below: 0.5,
    /** Tie breaks: what the alerting service depends on, what deviates more, what is more than a remote name. */
    reachable: 0.1,
    strength: 0.05,
    hasCallees: 0.02,
    /** The service that the alert names, when the alert says nothing about others. */
    named: 1,
  },
  change: {
    /** A commit without a diff cannot be judged by it. */
    hasDiff: 0.5,
    /** Deployed before the onset to a service that fails: about as much as four rare words in common. */
    deployedToFailing: 2,
    deployed: 0.2,
    afterwards: 5,
    /** What a commit must reach to be likelier than that none did it. */
    none: 4,
    /** A sign of a cause from outside outweighs a diff that shares some words: whoever tidies the TLS code is near every TLS error. */
    outside: 6,
  },
} as const;

/** Calibrated on labelled incidents by cross-validation: `npm run bench:rca` prints the reliability it leads to. */
export const CONFIDENCE = {
  /** Score differences are divided by this. */
  temperature: 0.5,
  /** Score of "none of these". */
  unknown: 0.5,
  /** … and what each missing modality (metrics, traces, logs) adds to it. */
  perMissing: 0.2,
};

export const ONSET = {
  /** The time line is cut into at most so many pieces. */
  resolution: 60,
  /** Series with fewer points tell nothing of when. */
  pointsMin: 4,
  /** An onset in fewer pieces than this before the end cannot be told from noise. */
  binsMin: 3,
  /** Least changes, as for resources. */
  share: 0.1,
  points: 2,
  zMin: 3,
  /** Beyond this a step is a step; how wild does not tell when. */
  zMax: 16,
  /** The level is that of the services which deviate most: a fault shows at few, a mean over all would hide it. */
  services: 3,
  /** An onset with less than these shares of the evidence before and after it counts less. */
  beforeShare: 0.8,
  afterShare: 0.1,
  stepMin: 1,
  stepClear: 6,
  /** A time that is told is at most so much after the true one, or so much before it. */
  toldLateSeconds: 240,
  toldEarlySeconds: 60,
  /** Without a step, so much of the end counts as the incident. */
  lastShare: 0.2,
};
