export { CriticModule } from './critic.module.js';
export { criticise, type Case } from './objections.js';
