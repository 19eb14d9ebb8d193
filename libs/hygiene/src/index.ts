export { cleanText, type CleanedText, type CleanTextOptions } from './clean-text.js';
export { cleanSnapshot, type CleanedSnapshot } from './clean-snapshot.js';
export { redact, redactValue, type Redaction } from './redact.js';
