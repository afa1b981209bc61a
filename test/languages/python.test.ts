/** The example of examples/python, as a Python user's worker runs it. */
import path from 'node:path';
import { pythonWith } from '../../dev/python-environment';
import { outputOf } from '../../dev/run-command';
import { spawnOther } from '../support/processes';
import { testSyncExample } from './support/sync-example';
import { errorTypes, wireTypes, wireValues, type WireTypes, type WireValues } from './support/wire-types';

const FOLDER = path.resolve(__dirname, '../../examples/python');

const python = () => pythonWith(path.join(FOLDER, 'requirements.txt'), console.log);

testSyncExample('python', async (program, args, env) => {
  const file = { worker: 'worker.py', 'import users': 'import_users.py' }[program];
  return spawnOther(await python(), [file, ...args], env, FOLDER);
});

test('its dataclasses, Literals and exceptions have the fields, values and types of the JSON Schemas', async () => {
  const script = `
import dataclasses, json, sys, typing
sys.path.insert(0, sys.argv[1])
import zendesk_jobs as client
kinds = [kind for kind in vars(client).values() if isinstance(kind, type) and kind.__module__ == client.__name__]
types = {
    kind.__name__: {client._camel(each.name): typing.get_type_hints(kind)[each.name] for each in dataclasses.fields(kind)}
    for kind in kinds if dataclasses.is_dataclass(kind)
}
def literals(hint):
    if typing.get_origin(hint) is typing.Literal:
        return sorted(typing.get_args(hint))
    return next((found for each in typing.get_args(hint) if (found := literals(each))), None)
values = {
    f"{name}.{field}": found
    for name, hints in types.items() for field, hint in hints.items() if (found := literals(hint))
}
print(json.dumps({
    "types": {name: sorted(hints) for name, hints in types.items()}, "values": values, "errors": sorted(client._ERRORS)
}))`;
  const found = JSON.parse((await outputOf(await python(), ['-c', script, FOLDER]))!) as {
    types: WireTypes;
    values: WireValues;
    errors: string[];
  };
  expect(found.types).toEqual({ ...wireTypes(), WaitOptions: expect.any(Array) /* part of the inputs */ });
  expect(found.values).toEqual(wireValues());
  expect(found.errors).toEqual(errorTypes());
});

test('it reads the records that an ended bulk run has not sent', async () => {
  const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
import zendesk_jobs as client
details = client.from_wire(client.ErrorDetails, json.loads(sys.argv[2]))
print(repr(details.remaining))`;
  const details = { account: 'default', remaining: { ranges: [[0, 99]], fromIndex: 300 } };
  const args = ['-c', script, FOLDER, JSON.stringify(details)];
  expect(await outputOf(await python(), args)).toBe('RemainingRecords(ranges=[(0, 99)], from_index=300)');
});
