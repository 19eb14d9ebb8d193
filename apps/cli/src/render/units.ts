/** `340 ms`, `1.2 s`, `5 s`, `2 min 5 s`. */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace('.0', '')} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** Time since the session opened, for the left column: `+0.03s`, `+12.4s`, `+125s`. */
export const offset = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1_000;
  const decimals = seconds < 10 ? 2 : seconds < 100 ? 1 : 0;
  return `+${seconds.toFixed(decimals)}s`;
};

/** `1 action`, `3 actions`. */
export const count = (amount: number, noun: string, plural = `${noun}s`): string => `${amount} ${amount === 1 ? noun : plural}`;

/** A share of certainty with two digits. */
export const share = (confidence: number): string => confidence.toFixed(2);

/** How long ago, as short as kubectl says it: `42s`, `5m`, `3h`, `12d`. */
export const age = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
};
