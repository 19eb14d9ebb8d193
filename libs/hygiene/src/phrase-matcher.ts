/**
 * A phrase is words in an order: each text is a class of words, one of which must come, and a number says how many other words
 * may stand before the next class (none, when it is left out). All of it within a sentence.
 */
export type Phrase = readonly (string | number)[];

interface Step {
  /** Where it is kept up to which word the phrase has come: by phrase, then by step. */
  readonly place: number;
  /** Other words allowed since the step before; -1 for the first step. */
  readonly gap: number;
  /** The id of the phrase, at its last step. */
  readonly completes: string | undefined;
}

const STEPS_MAX = 8;
const WORD_MAX = 24;
/** Positions are counted on from text to text, so that what an earlier one reached is out of reach; not for ever, though. */
const COUNT_MAX = 1_000_000_000;

const A = 97;
const Z = 122;

/** Where a word of small ASCII letters stands in the table of those that occur in phrases; 0 for any other word. */
const slotOf = (first: number, second: number, length: number): number =>
  first >= A && first <= Z && second >= A && second <= Z ? ((first - A) * 26 + (second - A)) * (WORD_MAX + 1) + length : 0;

/** Finds phrases in one walk over the words of a text: no word is looked at twice, so no text takes longer than its length. */
export class PhraseMatcher {
  private readonly byWord = new Map<string, Step[]>();
  private phrases = 0;
  /** By slot, whether any word of a phrase begins and is as long as one: most words of a text are told by that alone. */
  private readonly slots = new Uint8Array(26 * 26 * (WORD_MAX + 1)).fill(0);
  private readonly reached: Int32Array;
  private count = 0;
  private sentence = 0;
  private found = new Set<string>();

  constructor(phrases: Readonly<Record<string, readonly Phrase[]>>) {
    for (const [id, alternatives] of Object.entries(phrases)) for (const phrase of alternatives) this.add(id, phrase);
    // Later steps first, so that one word is not taken for two of them.
    for (const steps of this.byWord.values()) steps.sort((a, b) => b.place - a.place);
    for (const word of this.byWord.keys()) this.slots[slotOf(word.charCodeAt(0), word.charCodeAt(1), word.length)] = 1;
    this.slots[0] = 1;
    this.reached = new Int32Array(this.phrases * STEPS_MAX);
  }

  private add(id: string, phrase: Phrase): void {
    const start = this.phrases++ * STEPS_MAX;
    const classes = phrase.filter((part) => typeof part === 'string');
    let gap = -1;
    let step = 0;
    for (const part of phrase) {
      if (typeof part === 'number') {
        gap = part;
        continue;
      }
      const completes = step === classes.length - 1 ? id : undefined;
      for (const word of new Set(part.split('|'))) {
        const steps = this.byWord.get(word) ?? [];
        steps.push({ place: start + step, gap, completes });
        this.byWord.set(word, steps);
      }
      step++;
      gap = 0;
    }
  }

  /** Ids of the phrases in a text of small letters. */
  match(text: string): Set<string> {
    if (this.count > COUNT_MAX) {
      this.count = 0;
      this.reached.fill(0);
    }
    this.found = new Set();
    this.sentence = ++this.count;
    this.walk(text);
    return this.found;
  }

  /** Word by word. Letters with one character between them are put together: `i g n o r e`. */
  private walk(text: string): void {
    let start = -1;
    let spaced = '';
    let lastEnd = -2;
    for (let at = 0; at <= text.length; at++) {
      const code = at < text.length ? text.charCodeAt(at) : NEWLINE;
      if (isLetter(code)) {
        if (start < 0) start = at;
        continue;
      }
      if (start >= 0) {
        const length = at - start;
        if (spaced !== '' && (length > 1 || start - lastEnd > 1)) {
          this.letters(spaced);
          spaced = '';
        }
        if (length === 1) spaced = spaced.length < WORD_MAX ? spaced + text.charAt(start) : text.charAt(start);
        else if (length <= WORD_MAX && this.slots[slotOf(text.charCodeAt(start), text.charCodeAt(start + 1), length)] === 1)
          this.word(text.slice(start, at));
        else this.count++;
        lastEnd = at;
        start = -1;
      }
      if (!isEnd(code)) continue;
      this.letters(spaced);
      spaced = '';
      this.sentence = ++this.count;
    }
  }

  /** A few letters are words of their own, as in `I'm a`; more are one that was spread out. */
  private letters(letters: string): void {
    if (letters.length > 3) this.word(letters);
    else for (const letter of letters) this.word(letter);
  }

  private word(word: string): void {
    const at = ++this.count;
    const steps = this.byWord.get(word);
    if (steps === undefined) return;
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index];
      if (step === undefined) return;
      if (step.gap >= 0) {
        const before = this.reached[step.place - 1] ?? 0;
        if (before <= this.sentence || at - before - 1 > step.gap) continue;
      }
      this.reached[step.place] = at;
      if (step.completes !== undefined) this.found.add(step.completes);
    }
  }
}

const NEWLINE = 10;

/** ASCII letters and digits, and whatever lies beyond Latin-1's signs and is no general punctuation. */
const isLetter = (code: number): boolean =>
  (code >= A && code <= Z) || (code >= 48 && code <= 57) || (code >= 0xc0 && (code < 0x2000 || code > 0x206f));
const isEnd = (code: number): boolean => code === NEWLINE || code === 46 || code === 33 || code === 63;
