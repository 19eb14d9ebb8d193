import type { RunningService } from '@inquest/agent';

/** Everything that `startServices` started. */
export interface Services {
  /** Readiness says no; turns under way finish; the recorder, which has to write down what they say, ends last. */
  stop(): Promise<void>;
}

/** Loads the code of all services, which reads no environment yet. */
export const loadServices = async (): Promise<() => Promise<Services>> => {
  const [shell, modules] = await Promise.all([import('@inquest/agent'), loadModules()]);
  return () => startServices(shell, modules);
};

/**
 * Starts all services in this process, each as a Nest application of its own: they share nothing but the environment,
 * exactly as they would on different machines.
 */
const startServices = async (shell: typeof import('@inquest/agent'), modules: Modules): Promise<Services> => {
  const { startAgent, startService, HealthRegistry } = shell;
  const inside = { http: false } as const;
  const recorder = await startService(modules.RecorderModule, { service: 'recorder', ...inside });
  const others = await Promise.all([
    startAgent(modules.DiagnosticianModule, { role: 'diagnostician', ...inside }),
    startAgent(modules.SolverModule, { role: 'solver', ...inside }),
    startAgent(modules.ReviewerModule, { role: 'reviewer', ...inside }),
    startAgent(modules.CriticModule, { role: 'critic', ...inside }),
    startAgent(modules.CoordinatorModule, { role: 'coordinator', ...inside }),
    startAgent(modules.SingleModule, { role: 'single', ...inside }),
    modules.startGateway(),
  ]);
  return {
    stop: async () => {
      const running: RunningService[] = [...others, recorder];
      for (const { app } of running) app.get(HealthRegistry, { strict: false }).beginShutdown();
      await Promise.allSettled(others.map((service) => service.close()));
      await recorder.close();
    },
  };
};

const loadModules = async () => {
  const [gateway, diagnostician, solver, reviewer, critic, coordinator, single, recorder] = await Promise.all([
    import('@inquest/gateway'),
    import('@inquest/diagnostician'),
    import('@inquest/solver'),
    import('@inquest/reviewer'),
    import('@inquest/critic'),
    import('@inquest/coordinator'),
    import('@inquest/single'),
    import('@inquest/recorder'),
  ]);
  return { ...gateway, ...diagnostician, ...solver, ...reviewer, ...critic, ...coordinator, ...single, ...recorder };
};
type Modules = Awaited<ReturnType<typeof loadModules>>;
