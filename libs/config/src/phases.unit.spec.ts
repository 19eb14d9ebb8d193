import { EnvironmentError, isPhaseEnabled, pathFor, PhaseEnvironment, readEnvironment, type PhaseOverrides } from './index.js';

const sources = (p1: boolean, p2: boolean, overrides: PhaseOverrides = {}) => ({
  environment: { AIOPS_P1_ENABLED: p1, AIOPS_P2_ENABLED: p2 },
  overrides,
});

describe('phases', () => {
  it('regression 7: phase 2 is off when its parent phase is off, whatever its own flag says', () => {
    expect(isPhaseEnabled(2, sources(false, true))).toBe(false);
    expect(pathFor(sources(false, true))).toBe('escalate');
  });

  it.each([
    [true, true, {}, 'debate'],
    [true, false, {}, 'single'],
    [false, false, {}, 'escalate'],
    [true, true, { 2: false }, 'single'],
    [true, true, { 1: false }, 'escalate'],
    [true, false, { 2: true }, 'single'],
    [false, true, { 1: true }, 'escalate'],
  ] as const)('environment p1=%s p2=%s with overrides %j takes the path %s', (p1, p2, overrides, path) => {
    expect(pathFor(sources(p1, p2, overrides))).toBe(path);
  });

  it('is on by default', () => {
    expect(readEnvironment(PhaseEnvironment, {})).toEqual({ AIOPS_P1_ENABLED: true, AIOPS_P2_ENABLED: true });
  });

  it.each(['yes', '1', 'TRUE', 'off'])('refuses to start on %j rather than guess', (value) => {
    expect(() => readEnvironment(PhaseEnvironment, { AIOPS_P2_ENABLED: value })).toThrow(EnvironmentError);
  });

  it('names every fault at once and no value', () => {
    expect(() => readEnvironment(PhaseEnvironment, { AIOPS_P1_ENABLED: 'hunter2', AIOPS_P2_ENABLED: 'x' })).toThrow(
      /AIOPS_P1_ENABLED: must be exactly "true" or "false"\n.*AIOPS_P2_ENABLED/,
    );
  });
});
