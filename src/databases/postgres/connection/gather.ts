import { join } from "node:path";
import { SluiceError } from "../../../errors.ts";
import { nearest } from "../../../text/nearest.ts";
import { type Environment, isPostgresUrl, type ResolvedSource } from "../../target.ts";
import { parseKeywords } from "./keywords.ts";
import { isForeignParameter, PARAMETERS, type Parameters, SEARCH_PATH_PARAMETERS } from "./parameters.ts";
import { readService } from "./service.ts";
import { parseUrl, type UrlParts } from "./url.ts";
import { choice } from "./values.ts";

/**
 * Puts together what URL, service file and PG* variables say; the earlier one wins, parameter by parameter. An empty
 * value counts as not given.
 *
 * @throws SluiceError SL3005 (malformed), SL3006 (unknown parameter), SL3008 and SL3009 (service), SL3010 (refused).
 */
export function gather(
  source: ResolvedSource,
  env: Environment,
  home: string,
): { parameters: Parameters; warnings: string[] } {
  const warnings: string[] = [];
  const parameters: Parameters = source.url === undefined ? new Map() : fromSource(source, warnings);

  const service = parameters.get("service")?.value || env["PGSERVICE"];
  if (service) {
    const userFile = env["PGSERVICEFILE"] || join(home, ".pg_service.conf");
    fill(parameters, readService(service, userFile, env));
  }
  for (const [name, { env: variable }] of Object.entries(PARAMETERS)) {
    const value = variable === undefined ? undefined : env[variable];
    if (value) fill(parameters, new Map([[name, { value, from: String(variable) }]]));
  }
  refuse(parameters);
  return { parameters, warnings };
}

function fill(parameters: Parameters, more: Parameters): void {
  for (const [name, given] of more) {
    if (!parameters.get(name)?.value && given.value !== "") parameters.set(name, given);
  }
}

function fromSource(source: ResolvedSource, warnings: string[]): Parameters {
  const text = source.url ?? "";
  const from = source.origin === "--url" ? "--url" : `the URL in ${source.origin}`;
  if (!isPostgresUrl(text))
    return named({ query: parseKeywords(text, from), parameters: new Map() }, from, warnings);
  return named(parseUrl(text, from), from, warnings);
}

/** Checks the names of the parameters and adds them; the last of several with one name counts, as in libpq. */
function named(
  given: Omit<UrlParts, "doubtful"> & { doubtful?: boolean },
  from: string,
  warnings: string[],
): Parameters {
  const { parameters } = given;
  const searchPaths: string[] = [];
  for (const { name, value } of given.query) {
    if (name === "ssl" && /^(true|1|require)$/i.test(value)) {
      // JDBC's way to say it, which libpq reads too.
      fill(parameters, new Map([["sslmode", { value: "require", from }]]));
    } else if (PARAMETERS[name] !== undefined) {
      if (value !== "") parameters.set(name, { value, from });
    } else if (SEARCH_PATH_PARAMETERS.has(name)) {
      // Passing over it would create the tables in another schema. `schema=public` stands in every Prisma URL.
      if (!(name === "schema" && value === "public") && value !== "") searchPaths.push(value);
    } else if (isForeignParameter(name)) {
      warnings.push(`the parameter '${name}' of ${from} is for another program and was passed over`);
    } else {
      const guess = nearest(name, [...Object.keys(PARAMETERS), ...SEARCH_PATH_PARAMETERS]);
      throw new SluiceError("SL3006", {
        params: { name: given.doubtful ? "..." : printable(name), from },
        ...(guess === undefined ? {} : { hint: `did you mean '${guess}'?` }),
      });
    }
  }
  const searchPath = searchPaths.at(-1);
  if (searchPath !== undefined) {
    const own = `-c search_path=${searchPath.replace(/([\\\s])/g, "\\$1")}`;
    const options = parameters.get("options")?.value;
    parameters.set("options", { value: options === undefined ? own : `${own} ${options}`, from });
  }
  return parameters;
}

/** A name that is no identifier may be a piece of a password behind an unescaped '?' or '&'. */
function printable(name: string): string {
  return /^[a-z][a-z_-]{0,40}$/i.test(name) ? name : "(not a name)";
}

function refuse(parameters: Parameters): void {
  for (const [name, given] of parameters) {
    if (PARAMETERS[name]?.treatment === "refused" && given.value !== "") {
      throw new SluiceError("SL3010", { params: { name, from: given.from } });
    }
  }
  for (const name of ["gssencmode", "sslcertmode"]) {
    const allowed =
      name === "gssencmode" ? ["disable", "prefer", "require"] : ["disable", "allow", "require"];
    if (choice(parameters, name, allowed) === "require") {
      throw new SluiceError("SL3010", {
        params: { name: `${name}=require`, from: parameters.get(name)?.from ?? "" },
      });
    }
  }
}
