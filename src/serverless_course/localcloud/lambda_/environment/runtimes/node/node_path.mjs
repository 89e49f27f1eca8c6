// Lets ES modules find what NODE_PATH names: layers, and the SDK of the runtime. Node.js itself
// looks there for CommonJS alone; AWS's runtimes do it for both.
import * as nodeModule from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const BARE = /^(?![./]|[a-z]+:)/;

/** A file from which a package below a folder of NODE_PATH is found. */
function besides(folder) {
  const parent = path.basename(folder) === 'node_modules' ? path.dirname(folder) : folder;
  return pathToFileURL(path.join(parent, 'any.js')).href;
}

const places = (process.env.NODE_PATH ?? '').split(path.delimiter).filter(Boolean).map(besides);

function isLost(specifier, error) {
  return BARE.test(specifier) && error?.code === 'ERR_MODULE_NOT_FOUND';
}

/** The hook for a thread of its own: Node.js below 22.15. */
export async function resolve(specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!isLost(specifier, error)) throw error;
    for (const parentURL of places) {
      try {
        return await nextResolve(specifier, { ...context, parentURL });
      } catch { /* the next one */ }
    }
    throw error;
  }
}

function resolveNow(specifier, context, nextResolve) {
  try {
    return nextResolve(specifier, context);
  } catch (error) {
    if (!isLost(specifier, error)) throw error;
    for (const parentURL of places) {
      try {
        return nextResolve(specifier, { ...context, parentURL });
      } catch { /* the next one */ }
    }
    throw error;
  }
}

/** From now on `import` looks in NODE_PATH, too. */
export function lookInNodePath() {
  if (nodeModule.registerHooks) nodeModule.registerHooks({ resolve: resolveNow });
  else nodeModule.register?.(import.meta.url);
}
