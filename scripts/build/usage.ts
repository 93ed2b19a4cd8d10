import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/**
 * The options of a script. `--help` prints its usage and ends the process with 0; what it does not know is
 * `wrongUsage`.
 */
export function scriptOptions<const T extends Options>(options: T, usage: string): Values<T> {
  try {
    const all = { ...options, help: { type: "boolean" } } as const;
    const { help, ...values } = parseArgs({ options: all }).values as Values<T> & { help?: boolean };
    if (help !== true) return values as Values<T>;
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error), usage);
  }
  console.log(usage);
  process.exit(0);
}

/** One line, the usage, exit status 2: a stack would say where the script is wrong, and it is not. */
export function wrongUsage(problem: string, usage: string): never {
  console.error(`error: ${problem}\n\n${usage}`);
  process.exit(2);
}
