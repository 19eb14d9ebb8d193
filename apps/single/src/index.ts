export { SingleModule } from './single.module.js';
