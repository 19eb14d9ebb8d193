import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const AWS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const word = (length: number, letters = LETTERS): string =>
  // At least one of each kind, as real ones have; a word of letters alone nobody can tell from a name.
  `${Array.from({ length: length - 4 }, () => letters[randomInt(letters.length)]).join('')}${letters === AWS ? 'A2B3' : 'aZ7x'}`;

/** How secrets look that can be told by their form. A random word that stands alone nobody can tell, and none of these is one. */
const SHAPES: Record<string, (secret: string) => string> = {
  github: (secret) => `ghp_${secret}`,
  slack: (secret) => `xoxb-${secret}`,
  anthropic: (secret) => `sk-ant-${secret}`,
  stripe: (secret) => `sk_live_${secret}`,
  jwt: (secret) => `eyJhbGciOiJIUzI1NiJ9.${secret}.${word(20)}`,
  password: (secret) => `password=${secret}`,
  json: (secret) => `{"client_secret":"${secret}"}`,
  flag: (secret) => `tool --token ${secret}`,
  url: (secret) => `postgres://app:${secret}@db-1:5432/shop`,
  header: (secret) => `Authorization: Bearer ${secret}`,
  query: (secret) => `GET /hook?access_token=${secret}&x=1`,
  cookie: (secret) => `Cookie: sid=${secret}; theme=dark`,
  pem: (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
};

/** Secrets planted one by one, each known by the place where it went in, and searched for everywhere afterwards. */
export class Canaries {
  private readonly places = new Map<string, string>();

  /** One that fits where little fits, and is told by its own form. */
  short(place: string): string {
    return SHAPES['github']?.(this.secret(`${place}, github`, 36)) ?? '';
  }

  /** Nothing but a secret; only the name that it is kept under tells. */
  bare(place: string): string {
    return this.secret(`${place}, by its name`, 24);
  }

  /** Lines with one of every shape, as many as there is room for: of a secret that was cut in two before it came nobody can tell. */
  text(place: string, charactersMax = Infinity): string {
    let text = '';
    for (const [shape, show] of Object.entries(SHAPES)) {
      const secret = word(36);
      const line = `INFO ${show(secret)}\n`;
      if (text.length + line.length > charactersMax) break;
      this.places.set(secret, `${place}, ${shape}`);
      text += line;
    }
    return text;
  }

  /** As AWS has them: capitals and digits. */
  aws(place: string): string {
    return `AKIA${this.secret(`${place}, aws`, 16, AWS)}`;
  }

  get planted(): number {
    return this.places.size;
  }

  /** Where those went in that are found in a text: as they are, or in hex as PostgreSQL shows bytes. */
  foundIn(text: string): string[] {
    const holdsBytes = text.includes('\\x');
    return [...this.places].flatMap(([secret, place]) =>
      text.includes(secret) || (holdsBytes && text.includes(Buffer.from(secret).toString('hex'))) ? [place] : [],
    );
  }

  private secret(place: string, length: number, letters = LETTERS): string {
    const secret = word(length, letters);
    this.places.set(secret, place);
    return secret;
  }
}
