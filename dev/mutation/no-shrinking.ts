// A mutant is killed by the first counterexample: fast-check need not look for the smallest one.
import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true });
