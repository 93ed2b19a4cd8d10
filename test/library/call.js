// An application that calls one function of the library: call.js FUNCTION OPTIONS. Prints what came of it as JSON.
// It does not end itself: a connection or timer that the call left behind would keep it alive.
import { inspect } from "node:util";
import { migrate, SluiceError, status, waitForSchema } from "sluice";

const [called, options] = process.argv.slice(2);
const functions = { migrate, status, waitForSchema };
const events = [];
const listeners = new Set();
const controller = new AbortController();
const abort = () => controller.abort(new Error("the application shuts down"));
process.once("SIGUSR2", abort);
const before = process.eventNames();

function onEvent(event) {
  events.push(event);
  for (const one of process.eventNames()) if (!before.includes(one)) listeners.add(String(one));
  process.stderr.write(`${event.type}: ${event.message}\n`);
  if (options.includes("faultyListener")) throw new Error("the logger is broken");
}

const { faultyListener, ...given } = JSON.parse(options);
const outcome = { events };
try {
  outcome.result = await functions[called]({ ...given, signal: controller.signal, onEvent });
} catch (error) {
  const { code, exit, hint, place, migration } = error;
  const ours = error instanceof SluiceError;
  const { name, message } = error;
  outcome.error = { ours, name, message, code, exit, hint, place, migration, shown: inspect(error) };
}
process.off("SIGUSR2", abort);
outcome.listeners = [...listeners];
console.log(JSON.stringify(outcome));
