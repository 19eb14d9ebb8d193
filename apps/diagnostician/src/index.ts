export { DiagnosticianModule } from './diagnostician.module.js';
