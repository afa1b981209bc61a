const { writeSync } = require('node:fs');

/**
 * Prints `N passed, N failed` as the process's last word: jest's own summary and the global teardown come after the
 * reporters' turn.
 * @param {import('./closing-line').Counts} counts
 */
exports.closeWith = function closeWith({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  process.once('exit', () => writeSync(process.stdout.fd, `${line}\n`));
};
