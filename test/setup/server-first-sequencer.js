const { default: Sequencer } = require('@jest/test-sequencer');

/** Tests on a server wait, those without one compute: started later, they fill the waits instead of leaving a long tail. */
module.exports = class ServerFirstSequencer extends Sequencer {
  sort(tests) {
    const isServer = ({ context }) => context.config.displayName?.name === 'server';
    return super.sort(tests).sort((a, b) => isServer(b) - isServer(a));
  }
};
