import type { Argument, Context } from "../cli/command.ts";
import type { Option } from "../cli/option.ts";
import { SluiceError } from "../errors.ts";
import { readInputs } from "../manifests/input.ts";
import { joinTexts, replaceFile } from "../manifests/output.ts";
import { type ObjectReport, reportJson, reportLine } from "../manifests/report.ts";

/** What `inject` and `eject` have in common: manifests in, manifests out, one line an object. */
export const manifestArguments = [
  {
    name: "input",
    many: true,
    optional: true,
    summary: "file, folder, https:// URL, or - for standard input, which is read where nothing is named",
  },
] as const satisfies readonly Argument[];

export const writeOption = {
  name: "write",
  short: "w",
  type: "boolean",
  scope: "flag",
  summary: "change the files in place instead of writing to standard output",
} as const satisfies Option;

export const manifestExits = [
  { status: 0, meaning: "done, also where nothing had to be changed" },
  { status: 2, meaning: "an input or a setting is wrong; nothing is written then" },
] as const;

type Transform = (
  text: string,
  file: string,
) => { text: string; objects: readonly ObjectReport[]; unknown?: readonly string[] };

/** Reads all inputs, transforms them, and only then writes. `result` writes the document of `-o json`. */
export async function transformInputs(
  context: Pick<Context, "reporter" | "signal" | "stdout"> & {
    args: { input: string[] };
    options: { write: boolean };
  },
  transform: Transform,
  result: (json: object) => void,
): Promise<readonly ObjectReport[]> {
  const { args, options, reporter, signal, stdout } = context;
  const inputs = await readInputs(args.input, signal);
  const unwritable = inputs.find(({ path }) => path === undefined);
  if (options.write && unwritable !== undefined)
    throw new SluiceError("SL8005", { params: { file: unwritable.name, reason: "it is not a file" } });
  const results = inputs.map((input) => ({ input, ...transform(input.text, input.name) }));
  const objects = results.flatMap((result) => result.objects);
  for (const { input, text } of results)
    if (options.write && input.path !== undefined && text !== input.text) await replaceFile(input.path, text);
  for (const object of objects) {
    reporter.info(reportLine(object), reportJson(object) as Record<string, unknown>);
    for (const text of object.warnings) reporter.warn(`${object.label}: ${text}`);
  }
  for (const label of results.flatMap(({ unknown = [] }) => unknown))
    reporter.warn(`${label} has pods, and its kind is not known here: it got no gate`);
  if (objects.length === 0) reporter.info("nothing with pods in it was found");
  const manifests = joinTexts(results.map(({ text }) => text));
  if (reporter.output === "json") {
    const written = options.write ? {} : { manifests };
    result({ objects: objects.map(reportJson), ...written });
  } else if (!options.write) stdout.write(manifests);
  return objects;
}
