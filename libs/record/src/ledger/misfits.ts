import type { RecordedPlace } from './rows.js';
import { RowImage } from './row-image.js';

/** A row that does not fit its leaf. */
export interface Misfit extends RecordedPlace {
  readonly image: RowImage;
}

/** Keeps changed rows for the inquiry, as far as memory is meant to go; counts the rest. */
export class Misfits {
  readonly kept: Misfit[] = [];
  /** Changed rows beyond those. */
  dropped = 0;
  private bytes = 0;

  /** @param max rows kept. */
  constructor(private readonly max: number) {}

  add(place: RecordedPlace, image: Buffer): void {
    if (this.kept.length >= this.max || this.bytes + image.length > BYTES_MAX) {
      this.dropped++;
      return;
    }
    this.bytes += image.length;
    this.kept.push({ ...place, image: new RowImage(image) });
  }
}

const BYTES_MAX = 16 * 1024 * 1024;
