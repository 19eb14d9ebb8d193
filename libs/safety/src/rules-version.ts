/** Changes whenever a rule, a radius term or a remedy would answer differently; stored with each message. */
export const RULES_VERSION = 'safety/4';
