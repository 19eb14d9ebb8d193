export { SolverModule } from './solver.module.js';
