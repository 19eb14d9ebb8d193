/** RFC 1123 names as Kubernetes takes them for objects; dots are allowed, as in node names. */
export const KUBERNETES_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
/** An unquoted PostgreSQL identifier, with its schema if given. */
export const POSTGRES_NAME = /^[a-z_][a-z0-9_$]{0,62}(\.[a-z_][a-z0-9_$]{0,62})?$/;
/** An image reference with a tag or digest. */
export const IMAGE_REFERENCE = /^[a-z0-9]([\w.\-/:]{0,250}\w)?(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;
export const UNIT_NAME = /^[A-Za-z0-9:_.@][A-Za-z0-9:_.@-]{0,199}$/;

/** A word for a shell's command line, as people type it: bare when nothing in it is special, else in single quotes. */
export const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The command line of an argv, for people to read and for the Reviewer to parse again. */
export const commandLine = (argv: readonly string[]): string => argv.map(shellWord).join(' ');
