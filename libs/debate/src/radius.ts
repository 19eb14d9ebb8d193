/** Actions combine as min(100, Σ): ten small risks are not a small risk. */
export const combinedRadius = (radii: readonly number[]): number =>
  Math.min(
    100,
    radii.reduce((sum, radius) => sum + radius, 0),
  );
