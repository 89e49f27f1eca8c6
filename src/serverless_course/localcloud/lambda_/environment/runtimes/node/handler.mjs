// Finds the function that a handler string names: folder/module.object.handler
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { named } from './errors.mjs';
import { lookInNodePath } from './node_path.mjs';
import { awslambda, isStreaming } from './response_stream.mjs';

const require = createRequire(import.meta.url);
const FIRST_WITHOUT_CALLBACKS = 24;
const CALLBACKS_REMOVED = 'ERROR: AWS Lambda has removed support for callback-based function '
  + 'handlers starting with Node.js 24. You need to modify this function to use a supported '
  + 'handler signature to use Node.js 24 or later. For more information see '
  + 'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** The handler. Throws errors with AWS's names: Runtime.HandlerNotFound and others. */
export async function loadHandler(taskRoot, handler) {
  if (handler.includes('..')) {
    throw named(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root `
        + 'directories in handler names.',
    );
  }
  const base = path.basename(handler);
  const folder = path.resolve(taskRoot, handler.slice(0, handler.length - base.length));
  const dot = base.indexOf('.');
  if (dot < 0) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  globalThis.awslambda = awslambda;
  const module = await loadModule(folder, base.slice(0, dot), taskRoot);
  const found = base.slice(dot + 1).split('.').reduce((inner, key) => inner?.[key], module);
  if (!found) throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  return found;
}

/** From Node.js 24 on, AWS refuses a handler that takes a callback as its third parameter. */
export function refuseCallback(handler, major) {
  if (major >= FIRST_WITHOUT_CALLBACKS && handler.length >= 3 && !isStreaming(handler)) {
    throw named('Runtime.CallbackHandlerDeprecated', CALLBACKS_REMOVED);
  }
}

async function loadModule(folder, name, taskRoot) {
  try {
    return await tryModule(path.join(folder, name), name, [taskRoot, folder]);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw named('Runtime.UserCodeSyntaxError', String(error), { stack: error.stack });
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw named('Runtime.ImportModuleError', `${error}${noteOnSdk(error)}`);
    }
    throw error;
  }
}

// Why the SDK of AWS's runtimes is not there, when that is what was looked for.
function noteOnSdk(error) {
  if (!/@(aws-sdk|smithy)\//.test(error.message)) return '';
  try {
    return `\n${fs.readFileSync(new URL('./sdk-missing.txt', import.meta.url), 'utf8')}`;
  } catch {
    return '';
  }
}

function importFile(file) {
  lookInNodePath();
  return import(pathToFileURL(file));
}

// AWS's order: no ending, .js (as package.json's "type" says), .mjs, .cjs, then node_modules.
async function tryModule(file, name, paths) {
  if (fs.existsSync(file) && fs.statSync(file).isFile()) return require(file);
  if (fs.existsSync(`${file}.js`)) {
    const isModule = inModulePackage(path.dirname(file));
    return isModule ? importFile(`${file}.js`) : require(`${file}.js`);
  }
  if (fs.existsSync(`${file}.mjs`)) return importFile(`${file}.mjs`);
  if (fs.existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
  return require(require.resolve(name, { paths }));
}

function inModulePackage(folder) {
  for (let here = folder; !here.endsWith('/node_modules'); here = path.dirname(here)) {
    try {
      return JSON.parse(fs.readFileSync(path.join(here, 'package.json'))).type === 'module';
    } catch {
      if (here === path.dirname(here)) return false;
    }
  }
  return false;
}
