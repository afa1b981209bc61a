const { closeWith } = require('./closing-line');

/** Ends the run with `N passed, N failed`, alone on its line, and fails a run in which no test ran. */
module.exports = class ClosingLineReporter {
  ran = 0;

  onTestResult(_test, { numPassingTests, numFailingTests, testExecError }) {
    this.ran += numPassingTests + numFailingTests + (testExecError ? 1 : 0);
  }

  onRunComplete(_contexts, results) {
    closeWith({
      passed: results.numPassedTests,
      // A suite that could not be run hides an unknown number of tests: at least one.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    });
  }

  getLastError() {
    return this.ran === 0 ? new Error('No test ran') : undefined;
  }
};
