/** One line of progress on the standard error, drawn over the one before on a terminal; results alone go to the standard output. */
export const report = (text: string): void =>
  void process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${text}` : `${text}\n`);
