/** Ends the process, whatever it still has open, when what was written is out. */
export function exitWith(code: number): void {
  process.exitCode = code;
  const exit = () => process.exit();
  // A stream that is closed calls back as well.
  process.stdout.write('', () => process.stderr.write('', exit));
}
