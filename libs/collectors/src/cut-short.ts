/** The beginning of a text, whole words: half a secret is one that nobody would recognise. */
export const cutShort = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax).replace(/\S+$/, '')}…`;
