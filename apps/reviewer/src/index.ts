export { ReviewerModule } from './reviewer.module.js';
