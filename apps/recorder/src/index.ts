export { RecorderModule } from './recorder.module.js';
