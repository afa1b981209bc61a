import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './markdown';

/**
 * What the compiler says of pieces of TypeScript, each as if it were a file in the root of this repository: one line for each
 * error, `<name of the piece>: <message>`. Imports of this package are resolved to its sources, as in tsconfig.json.
 */
export function typeErrors(pieces: Map<string, string>): string[] {
  const files = new Map([...pieces].map(([name, code]) => [path.join(ROOT, `${name}.ts`), { name, code }]));
  const options: ts.CompilerOptions = {
    ...compilerOptions(),
    // Every piece is a module; what an example declares may be for its reader only.
    moduleDetection: ts.ModuleDetectionKind.Force,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file)?.code ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const piece = files.get(file);
    return piece ? ts.createSourceFile(file, piece.code, version, true) : getSourceFile(file, version, ...rest);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([file, { name }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options, errors } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  if (errors.length > 0) throw new Error('tsconfig.json cannot be read');
  // Against which the paths of a tsconfig.json that was read from a file are resolved.
  return { ...options, pathsBasePath: ROOT };
}
