import { diagnose } from '../index.js';
import { incident, snapshot, type Piece } from '../testing/builders.js';

/** What is shown, what the incident says, what is wrong (nothing in `fine`), and the evidence. */
export type Variant = [sentence: string, title: string, faultType: string, ...pieces: Piece[]];

export const describeVariants = (
  what: string,
  { broken, fine }: { readonly broken: readonly Variant[]; readonly fine: readonly Variant[] },
): void =>
  describe(what, () => {
    it.each(broken)('recognise %s', (_sentence, title, faultType, ...pieces) => {
      const { report } = diagnose(snapshot(...pieces), incident(title));
      expect({ fault: report.hypotheses[0]?.faultType, abstained: report.abstained }).toEqual({
        fault: faultType,
        abstained: false,
      });
    });

    it.each(fine)('do not blame %s', (_sentence, title, _faultType, ...pieces) => {
      const { report } = diagnose(snapshot(...pieces), incident(title));
      expect(report.healthy || report.abstained).toBe(true);
      expect(report.hypotheses.filter(({ confidence }) => confidence >= 0.4)).toEqual([]);
    });
  });
