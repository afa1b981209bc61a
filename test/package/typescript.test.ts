/** TypeScript projects of users: what the declarations in the tarball are worth to each way of resolving modules. */
import path from 'node:path';
import ts from 'typescript';
import { TYPES_IN_USE } from './applications';
import { installPacked, type Project } from './packed';

let project: Project;
let withMs: Project;
beforeAll(() => {
  project = installPacked();
  withMs = installPacked({ types: ['node', 'ms'] });
});
afterAll(() => {
  project?.remove();
  withMs?.remove();
});

/** Holds without `@types/ms` only: this is why the package has a `Duration` of its own. */
const SDK_TAKES_ANYTHING = `
import type { Duration } from '@temporalio/common';
export const anything: Duration = { seconds: 90 };
`;

const { ModuleKind, ModuleResolutionKind } = ts;
const node16 = { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 };

test.each<[string, string[], ts.CompilerOptions]>([
  ['node10', ['user.ts'], { module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Node10 }],
  ['node16, from CommonJS and from an ES module', ['user.cts', 'user.mts'], node16],
  ['bundler', ['user.ts'], { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler }],
])('moduleResolution %s', (_, files, options) => {
  const written = files.map((file) => project.write(file, TYPES_IN_USE));
  const { errors, declarations } = compile(project, written, options);
  expect(errors).toEqual([]);
  expect(declarations).toBeGreaterThan(20);
});

test('a project with @types/ms, and one without, where the durations of the SDK take anything', () => {
  const compileBoth = (user: Project) =>
    compile(user, [user.write('user.cts', TYPES_IN_USE), user.write('sdk.cts', SDK_TAKES_ANYTHING)], node16).errors;
  expect(compileBoth(project)).toEqual([]);
  expect(compileBoth(withMs)).toEqual([
    expect.stringContaining("sdk.cts: Type '{ seconds: number; }' is not assignable"),
  ]);
});

/** Errors in the user's files and in the package's declarations: those of the SDK are not ours, with or without skipLibCheck. */
function compile({ folder }: Project, files: string[], options: ts.CompilerOptions) {
  const compilerOptions: ts.CompilerOptions = {
    ...options,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [path.join(folder, 'node_modules/@types')],
    // What is linked from this repository would find the @types of this repository.
    preserveSymlinks: true,
  };
  const program = ts.createProgram(files, compilerOptions, hostThatParsesOnce(compilerOptions));
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.includes('/node_modules/temporal-zendesk-jobs/'));
  const errors = [...files.map((file) => program.getSourceFile(file)!), ...ours]
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map(
      ({ file, messageText }) =>
        `${path.basename(file!.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  return { errors, declarations: ours.length };
}

const parsed = new Map<string, ts.SourceFile | undefined>();

/** The SDK's declarations are 12 MB: parsing them for each program would take most of the time. */
function hostThatParsesOnce(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (file, how, ...rest) => {
    if (!/node_modules\/(@temporalio|@types|typescript|webpack)\//.test(file)) return getSourceFile(file, how, ...rest);
    const format = typeof how === 'object' ? how.impliedNodeFormat : undefined;
    const key = `${file} ${format}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(file, how, ...rest));
    return parsed.get(key);
  };
  return host;
}
