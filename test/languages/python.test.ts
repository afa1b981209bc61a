/** The example of examples/python, as a Python user's worker runs it. */
import path from 'node:path';
import { pythonWith } from '../../dev/python-environment';
import { outputOf } from '../../dev/run-command';
import { spawnOther } from '../support/processes';
import { testSyncExample } from './support/sync-example';
import { errorTypes, wireTypes, type WireTypes } from './support/wire-types';

const FOLDER = path.resolve(__dirname, '../../examples/python');

const python = () => pythonWith(path.join(FOLDER, 'requirements.txt'), console.log);

testSyncExample('python', async (program, args, env) => {
  const file = { worker: 'worker.py', 'import users': 'import_users.py' }[program];
  return spawnOther(await python(), [file, ...args], env, FOLDER);
});

test('its dataclasses have the fields of the JSON Schemas, and its exceptions the types of errors', async () => {
  const script = `
import dataclasses, json, sys
sys.path.insert(0, sys.argv[1])
import zendesk_jobs as client
kinds = [kind for kind in vars(client).values() if isinstance(kind, type) and kind.__module__ == client.__name__]
types = {
    kind.__name__: sorted(client._camel(each.name) for each in dataclasses.fields(kind))
    for kind in kinds if dataclasses.is_dataclass(kind)
}
print(json.dumps({"types": types, "errors": sorted(client._ERRORS)}))`;
  const found = JSON.parse((await outputOf(await python(), ['-c', script, FOLDER]))!) as {
    types: WireTypes;
    errors: string[];
  };
  expect(found.types).toEqual({ ...wireTypes(), WaitOptions: expect.any(Array) /* part of the inputs */ });
  expect(found.errors).toEqual(errorTypes());
});
