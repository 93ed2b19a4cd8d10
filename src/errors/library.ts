import type { ErrorEntry } from "../errors.ts";

/** SL206x: what an application gives to the functions of the library. */
export const libraryErrors = {
  SL2060: {
    exit: 2,
    title: "A wrong value of a library option",
    message: "the option `{option}` of {call}() is {value}; it takes {expected}",
    hint: "write {option}: {example}, or leave the option away",
    page: `A function of the library (\`import { migrate } from "sluice"\`) was called with a value that its option does not take.
Nothing has been done. The types of the package say the same at compile time.

\`undefined\` for \`url\` is such a value: it usually stands for a variable that is not set (\`url: process.env.SHOP_DB\`), and
whatever else names a database might name another one. Leave \`url\` away to have the database looked up in \`SLUICE_URL\`,
\`DATABASE_URL\` and the other variables. Every other option counts as not given where it is \`undefined\`.`,
  },
  SL2061: {
    exit: 2,
    title: "An unknown library option",
    message: "{call}() has no option `{option}`",
    hint: "see docs/guides/library.md for the options of {call}()",
    page: `A function of the library was called with an option that it does not have. Nothing has been done: a misspelt
\`lockTimeout\` would otherwise be a limit that silently does not hold.

The options have the names of the command's flags in camel case (\`--lock-timeout\` is \`lockTimeout\`); \`--grant\` is
\`readers\`, as in \`sluice.yaml\`.`,
  },
} as const satisfies Record<string, ErrorEntry>;
