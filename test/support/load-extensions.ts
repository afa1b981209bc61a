/** A process with Node's own loader of modules: prints the names of the sources of an extension. */
import { loadExtensions } from '../../src/extensions';

void loadExtensions(process.argv[2], process.cwd()).then(({ sources }) => console.log(Object.keys(sources!).join()));
