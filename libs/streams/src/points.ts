/** The places between two effects where a process may be killed; crash tests stop there. */
export type Point =
  | 'publish:begin'
  | 'publish:armed'
  | 'publish:stored'
  | 'publish:announced'
  | 'publish:disarmed'
  | 'consume:delivered'
  | 'consume:handled'
  | 'consume:acknowledged'
  | 'bury:begin'
  | 'bury:written'
  | 'bury:told'
  | 'rebuild:begin'
  | 'rebuild:done';

/** Called at every named point; what it returns is awaited. */
export type AtPoint = (point: Point) => Promise<void> | void;

export const nowhere: AtPoint = () => undefined;
