export { startPlatform, type Platform, type PlatformOptions } from './platform.js';
export { startProcesses, SERVICES, type Processes, type ProcessesOptions, type Service } from './processes.js';
export { NODE_FLAGS } from './service-process.js';
