export { EnvironmentError, flag, readEnvironment, wholeNumber } from './environment.js';
export { isPhaseEnabled, pathFor, Phase, PhaseEnvironment, type PhaseOverrides, type PhaseSources } from './phases.js';
export { SafetyEnvironment } from './safety.js';
export { UnusableFileError, WatchedFile, type FileReading, type WatchedFileOptions } from './watched-file.js';
