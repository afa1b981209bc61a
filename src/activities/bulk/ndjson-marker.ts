/** The file `<path>.run.json` of the NDJSON sink: which run wrote the file, and with which content. */
import { readFile } from 'node:fs/promises';
import { array, string, type } from 'superstruct';
import { unlessMissing } from './file-errors';
import { markerFile } from './ndjson-names';

const MADE_BY = 'temporal-zendesk-jobs';

const Marker = type({ madeBy: string(), run: string(), sha256: array(string()) });

export interface SinkMarker {
  run: string;
  /** Contents that the run gave the file. Two of them while it replaces the one by the other. */
  sha256: string[];
}

export function markerText(run: string, sha256: string[]): string {
  const about = 'Which run wrote the file of this name. It is needed only if that run is reset.';
  return `${JSON.stringify({ madeBy: MADE_BY, about, run, sha256 }, null, 2)}\n`;
}

/** Undefined where there is no marker. */
export async function readMarker(file: string): Promise<SinkMarker | undefined> {
  const text = await unlessMissing(readFile(markerFile(file), 'utf8'));
  return text === undefined ? undefined : markerIn(text);
}

/** Undefined for a text that is not a marker. */
export function markerIn(text: string): SinkMarker | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return Marker.is(found) && found.madeBy === MADE_BY ? { run: found.run, sha256: found.sha256 } : undefined;
  } catch {
    return undefined;
  }
}
