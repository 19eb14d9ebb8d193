export { ALERTMANAGER_FORMATS, detectFormat, FORMAT_NAMES } from './detect.js';
export { fingerprintOf } from './fingerprint.js';
export { incidentsFrom } from './incidents-from.js';
export { ALERTS_MAX, FORMATS, type Format, type Intake, type Receipt, type Signal } from './intake.js';
export { jsonFault, parseJson, type ParsedJson } from './lossless-json.js';
export { scenarioOf, type Scenario, type ScenarioReading } from './scenario.js';
export { snapshotOf } from './snapshot.js';
