import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");

/**
 * The floors of src/, from top to bottom, and what each may import. ARCHITECTURE.md shows this table; a file directly
 * in src/ counts as a floor of its own, and errors.ts with the folder errors/.
 */
const floors: Readonly<Record<string, readonly string[]>> = {
  main: ["compat", "cli", "commands"],
  compat: ["gate", "kubernetes", "text", "errors"],
  commands: [
    "cli",
    "demo",
    "report",
    "engine",
    "gate",
    "manifests",
    "rehearse",
    "databases",
    "migrations",
    "text",
    "errors",
  ],
  library: ["report", "engine", "gate", "databases", "migrations", "text", "errors"],
  cli: ["config", "report", "text", "version", "errors"],
  config: ["cli", "text", "errors"],
  demo: ["report", "rehearse", "databases", "text", "errors"],
  report: ["engine", "manifests", "databases", "migrations", "text", "errors"],
  engine: ["databases", "migrations", "text", "version", "errors"],
  gate: ["kubernetes", "databases", "migrations", "text", "errors"],
  kubernetes: ["text", "version", "errors"],
  manifests: ["kubernetes", "text", "version", "errors"],
  rehearse: ["text", "errors"],
  databases: ["databases/postgres", "migrations", "text", "errors"],
  "databases/postgres": ["databases", "migrations", "text", "errors"],
  migrations: ["text", "errors"],
  text: [],
  version: ["package.json"],
  errors: [],
};

/** Packages that only these places may import, so that the rest does not depend on them. */
const packages: Readonly<Record<string, readonly string[]>> = {
  pg: ["src/databases/postgres/"],
  "libpg-query": ["src/databases/postgres/parser/"],
  yaml: ["src/config/", "src/kubernetes/", "src/manifests/"],
};

/** Files of src/ that may use Bun's own API; everything else uses `node:` modules. */
const bunFiles: readonly string[] = [];

interface Import {
  specifier: string;
  /** `import type`: erased by the compiler. */
  type: boolean;
}

/** `import "x"`, and import or export of names, `* as name` or a default, as Biome formats them. */
const staticImport =
  /^(?:import\s*|(?:import|export)(\s+type)?\s+(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?)\s*from\s*)["']([^"']+)["']/gm;

/** Static imports, re-exports and `import()` of a source text, comments left out. */
function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const dynamics = code.matchAll(/\bimport\(\s*["']([^"']+)["']/g);
  return [
    ...[...code.matchAll(staticImport)].map(([, type, name]) => ({
      specifier: name ?? "",
      type: type !== undefined,
    })),
    ...[...dynamics].map(([, name]) => ({ specifier: name ?? "", type: false })),
  ];
}

/** Comments that stand on lines of their own, and block comments at the beginning of a line. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");
}

/** TypeScript files below a folder of the repository, as paths from its root. */
function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => join(folder, name))
    .sort();
}

const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** "src/databases/postgres/lock.ts" is on the floor "databases/postgres", "src/errors.ts" on "errors". */
function floorOf(file: string): string {
  const path = relative("src", file);
  if (path.startsWith("..")) return file;
  if (path.startsWith("databases/postgres/")) return "databases/postgres";
  return (path.split("/")[0] ?? "").replace(/\.ts$/, "");
}

/** Sentences about the imports of one file that its floor does not allow. */
function wrongArrows(file: string, text: string): string[] {
  const floor = floorOf(file);
  const allowed = floors[floor];
  if (allowed === undefined) return [`${file}: the floor "${floor}" is not in the table of this test`];
  return importsOf(text)
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => join(dirname(file), specifier))
    .filter((target) => floorOf(target) !== floor && !allowed.includes(floorOf(target)))
    .map((target) => `${file} imports ${target}: ${floor} may not import ${floorOf(target)}`);
}

/** One cycle of a graph as a path that ends where it began; undefined where there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, path: string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

const sources = filesIn("src").filter((file) => !file.endsWith(".test.ts"));

describe("src/", () => {
  test("no arrow points up", () => {
    expect(sources.flatMap((file) => wrongArrows(file, read(file)))).toEqual([]);
  });

  test("no import cycle, not even of types", () => {
    // The areas of the catalogue take the type of an entry from the file that joins them; it is erased.
    const isEntryType = (file: string, one: Import) => one.type && file.startsWith("src/errors/");
    const targets = (file: string) =>
      importsOf(read(file))
        .filter((one) => one.specifier.startsWith(".") && !isEntryType(file, one))
        .map(({ specifier }) => join(dirname(file), specifier));
    expect(findCycle(new Map(sources.map((file) => [file, targets(file)])))).toBeUndefined();
  });

  test("a package is imported where it belongs", () => {
    const wrong = sources.flatMap((file) =>
      importsOf(read(file))
        .filter(({ specifier }) => /^[a-z@]/.test(specifier) && !specifier.startsWith("node:"))
        .filter(({ specifier }) => {
          const name = Object.keys(packages).find(
            (one) => specifier === one || specifier.startsWith(`${one}/`),
          );
          return name === undefined || !packages[name]?.some((folder) => file.startsWith(folder));
        })
        .map(({ specifier }) => `${file} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test("only the command line ends the process, and only listed files use Bun's own API", () => {
    const codes = sources.map((file) => ({ file, code: withoutComments(read(file)) }));
    const exits = codes.filter(
      ({ file, code }) => code.includes("process.exit(") && !file.startsWith("src/cli/"),
    );
    const bun = codes.filter(({ file, code }) => /\bBun\./.test(code) && !bunFiles.includes(file));
    expect(exits.map(({ file }) => file)).toEqual([]);
    expect(bun.map(({ file }) => file)).toEqual([]);
  });

  test("ARCHITECTURE.md shows the table of floors", () => {
    const rows = [...read("ARCHITECTURE.md").matchAll(/^\| `([a-z/]+)` \| ([^|]*) \|/gm)];
    const shown = rows.map(([, floor, imports]) => [
      floor,
      [...(imports ?? "").matchAll(/`([^`]+)`/g)].map((one) => one[1]),
    ]);
    expect(shown as unknown).toEqual(Object.entries(floors));
  });
});

describe("all code", () => {
  const all = ["src", "test", "bench", "scripts"].flatMap(filesIn);

  test("no file is longer than 300 lines", () => {
    const long = all
      .map((file) => ({ file, lines: read(file).split("\n").length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  test("no test is left out, and none is run alone", () => {
    const tests = all.filter((file) => file.endsWith(".test.ts"));
    expect(tests.length).toBeGreaterThan(10);
    expect(tests.filter((file) => leavesOut(read(file)))).toEqual([]);
  });

  test("no test waits by .rejects or .resolves, in which the ends of child processes are lost", () => {
    expect(all.filter((file) => waitsInside(read(file)))).toEqual([]);
  });
});

function leavesOut(text: string): boolean {
  return /\b(?:test|it|describe)(?:\.\w+(?:\([^()]*\))?)*\.(?:only|skip|todo|failing)\b/.test(
    withoutComments(text),
  );
}

/** Why not: test/support/failure.ts. */
function waitsInside(text: string): boolean {
  return /\)\s*\.(?:rejects|resolves)\b/.test(withoutComments(text));
}

describe("what these tests look with", () => {
  test("finds every form of import, and none in comments", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { b } from "./b.ts";',
      "import {\n  type c,\n} from './c.ts';",
      'import pg, { type Client } from "pg";',
      'import "./d.ts";',
      'export * from "./e.ts";',
      'export const text = "f";',
      'const g = await import("./g.ts");',
      '// import { x } from "./x.ts";',
      '/** import { y } from "./y.ts"; */',
    ].join("\n");
    const found = importsOf(text).map(({ specifier, type }) => (type ? `type ${specifier}` : specifier));
    expect(found).toEqual(["./a.ts", "type ./b.ts", "./c.ts", "pg", "./d.ts", "./e.ts", "./g.ts"]);
  });

  test("sees an arrow that points up, from a test's neighbour and from a driver", () => {
    const up = 'import { migrate } from "../../engine/migrate.ts";';
    expect(wrongArrows("src/databases/postgres/lock.ts", up)).toEqual([
      "src/databases/postgres/lock.ts imports src/engine/migrate.ts: databases/postgres may not import engine",
    ]);
    expect(wrongArrows("src/engine/plan.ts", 'import { h } from "../databases/database.ts";')).toEqual([]);
    expect(wrongArrows("src/gate/x.ts", 'import type { P } from "../engine/plan.ts";')).toHaveLength(1);
    expect(wrongArrows("src/attic/x.ts", "")).toHaveLength(1);
  });

  test("sees a cycle", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", ["d"]],
      ["d", ["b"]],
    ]);
    expect(findCycle(graph)).toEqual(["b", "c", "d", "b"]);
    expect(
      findCycle(
        new Map([
          ["a", ["b"]],
          ["b", []],
        ]),
      ),
    ).toBeUndefined();
  });

  test("sees a test that is left out", () => {
    const word = "skip";
    expect(leavesOut(`test.${word}("x", () => {});`)).toBe(true);
    expect(leavesOut(`describe.each([1]).${word}("x")`)).toBe(true);
    expect(leavesOut('text.only("x"); test("skip", () => {});')).toBe(false);
  });

  test("sees a wait inside of expect()", () => {
    const word = "rejects";
    expect(waitsInside(`await expect(a())\n  .${word}.toThrow()`)).toBe(true);
    expect(waitsInside(`expect(x.${word}).toBe(1)`)).toBe(false);
  });
});
