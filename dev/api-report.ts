/**
 * Writes what the package exports, one report for each entry, to `api/`: `npm run api-report`. A change of the public surface
 * then shows in the diff. Reads the declarations in lib: build first.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { exports as entries } from '../package.json';

const ROOT = path.resolve(__dirname, '..');
export const API_FOLDER = path.join(ROOT, 'api');
const SILENT = { default: { logLevel: ExtractorLogLevel.None } };

/** Report file -> its text. Throws when the declarations cannot be analysed. */
export function apiReports(): Map<string, string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'api-report-'));
  try {
    const configs = Object.entries(entries).flatMap(([entry, target]) =>
      typeof target === 'string' ? [] : [extractorConfig(entry, target.types, folder)],
    );
    const [first, ...others] = configs as [ExtractorConfig, ...ExtractorConfig[]];
    const additionalEntryPoints = others.map((config) => config.mainEntryPointFilePath);
    const compilerState = CompilerState.create(first, { additionalEntryPoints });
    return new Map(
      configs.map((config) => {
        const { succeeded } = Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
        if (!succeeded) throw new Error(`${config.mainEntryPointFilePath} cannot be analysed`);
        return [path.basename(config.reportFilePath), readFileSync(config.reportFilePath, 'utf8')];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function extractorConfig(entry: string, types: string, folder: string): ExtractorConfig {
  const reportFileName = entry === '.' ? 'index' : path.basename(entry);
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: path.join(ROOT, types),
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: path.join(ROOT, 'tsconfig.build.json'), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName,
        reportFolder: folder,
        reportTempFolder: path.join(folder, 'temp'),
        includeForgottenExports: true, // Shapes that an export mentions are public, exported or not.
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { compilerMessageReporting: SILENT, extractorMessageReporting: SILENT, tsdocMessageReporting: SILENT },
    },
  });
}

/** Without it the extractor talks of each report that it writes. */
function messageCallback(message: { logLevel: string; handled: boolean }): void {
  message.handled = message.logLevel !== 'error';
}

if (require.main === module) {
  for (const [file, text] of apiReports()) writeFileSync(path.join(API_FOLDER, file), text);
}
