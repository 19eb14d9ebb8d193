export { EnvironmentError, flag, readEnvironment, wholeNumber } from './environment.js';
export { isPhaseEnabled, pathFor, Phase, PhaseEnvironment, type PhaseOverrides, type PhaseSources } from './phases.js';
