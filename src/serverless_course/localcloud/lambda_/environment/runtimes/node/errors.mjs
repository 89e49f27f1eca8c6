// Errors as Lambda shows them: {errorType, errorMessage, trace}.

/** An error whose name is what Lambda reports as its type. */
export function named(name, message, more = {}) {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name });
  return Object.assign(error, more);
}

export function unhandledRejection(reason, promise) {
  return named('Runtime.UnhandledPromiseRejection', String(reason), { reason, promise });
}

export function nodeJsExit() {
  return named(
    'Runtime.NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly '
      + 'caused by a Promise that was never settled. For more information, see '
      + 'https://nodejs.org/docs/latest/api/process.html#process_exit_codes',
  );
}

/** The payload of a failed invocation. */
export function describe(error) {
  try {
    if (error instanceof Error || looksLikeError(error)) {
      return {
        errorType: error.name,
        errorMessage: error.message,
        trace: String(error.stack).split('\n'),
      };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'callback called with Error argument, but there was a problem while '
        + 'retrieving one or more of its message, name, and stack',
      trace: [],
    };
  }
}

/** The error in a log line of the text format. */
export function forLog(error) {
  const whole = error instanceof Error ? error : new Error(String(error));
  try {
    return `\t${JSON.stringify(whole, (_, value) => withHiddenMembers(value))}`;
  } catch {
    return `\t${JSON.stringify(describe(whole))}`;
  }
}

function withHiddenMembers(value) {
  if (!(value instanceof Error)) return value;
  return {
    errorType: value.name,
    errorMessage: value.message,
    code: value.code,
    ...value,
    stack: String(value.stack).split('\n'),
  };
}

// An error of another realm (a worker, the vm module) is no instance of our Error.
function looksLikeError(value) {
  return [value?.name, value?.message, value?.stack].every((part) => part && typeof part === 'string');
}

const FRAME = /^\s*at (?:(.+) \()?(.+?):(\d+):\d+\)?$/;

/** An error as X-Ray shows it: a segment's cause, in ASCII, for a header. */
export function causeOf(described) {
  const stack = described.trace.map((line) => FRAME.exec(line)).filter(Boolean).map((found) => ({
    label: found[1] ?? 'anonymous', path: found[2], line: Number(found[3]),
  }));
  const cause = {
    working_directory: process.cwd(),
    exceptions: [{
      type: String(described.errorType), message: String(described.errorMessage), stack,
    }],
    paths: [...new Set(stack.map((frame) => frame.path))],
  };
  return JSON.stringify(cause).replace(/[^\x20-\x7e]/g, escaped);
}

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
