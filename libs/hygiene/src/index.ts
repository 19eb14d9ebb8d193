export { cleanIdentity } from './clean-identity.js';
export { cleanText, type CleanedText, type CleanTextOptions } from './clean-text.js';
export { cleanIncident } from './clean-incident.js';
export { cleanEvidenceItem, cleanSnapshot, type CleanedItem, type CleanedSnapshot } from './clean-snapshot.js';
export { condenseLog, condenseRecords, type Condensed } from './condense-log.js';
export { redact, type Redaction, type RedactOptions } from './redact.js';
export { redactValue } from './redact-value.js';
export { suspicionsIn } from './suspicions.js';
export { stripInvisible } from './invisible.js';
