export { CriticModule } from './critic.module.js';
