/** The example of examples/python, as a Python user's worker runs it. */
import path from 'node:path';
import { pythonWith } from '../../dev/python-environment';
import { spawnOther } from '../support/processes';
import { testSyncExample } from './support/sync-example';

const FOLDER = path.resolve(__dirname, '../../examples/python');

testSyncExample('python', async (env) => {
  const python = await pythonWith(path.join(FOLDER, 'requirements.txt'), console.log);
  return spawnOther(python, ['worker.py'], env, FOLDER);
});
