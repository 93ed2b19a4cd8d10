import createModule from "libpg-query/wasm/libpg-query.js";
// Embedded by `bun build --compile`; without it the module would look in the folder of the machine that built it.
import wasmFile from "libpg-query/wasm/libpg-query.wasm" with { type: "file" };

/** The part of libpg-query's compiled module that is used here: the raw parser and its memory. */
interface ParserModule {
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, pointer: number, bytes: number): void;
  UTF8ToString(pointer: number): string;
  getValue(pointer: number, type: "i32"): number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _wasm_parse_query_raw(query: number): number;
  _wasm_free_parse_result(result: number): void;
}

/** A parse tree node: one key, the name of the PostgreSQL node type. */
export type Tree = { [node: string]: Record<string, unknown> };

let loading: Promise<ParserModule> | undefined;

/**
 * Loads PostgreSQL 18's own parser once (about 20 ms: only commands that look into SQL pay it).
 * @returns a function that gives the trees of the statements in a text, or undefined where the text does not parse:
 * a server newer than the parser, or one with extensions to the grammar, has the last word on syntax.
 */
export async function loadParser(): Promise<(sql: string) => Tree[] | undefined> {
  loading ??= createModule({ locateFile: () => wasmFile }) as Promise<ParserModule>;
  const module = await loading;
  return (sql) => parse(module, sql);
}

function parse(module: ParserModule, sql: string): Tree[] | undefined {
  const bytes = module.lengthBytesUTF8(sql) + 1;
  const query = module._malloc(bytes);
  let result = 0;
  try {
    module.stringToUTF8(sql, query, bytes);
    result = module._wasm_parse_query_raw(query);
    // struct PgQueryParseResult { char *parse_tree; char *stderr_buffer; PgQueryError *error; }
    if (module.getValue(result + 8, "i32") !== 0) return undefined;
    const tree = JSON.parse(module.UTF8ToString(module.getValue(result, "i32"))) as {
      stmts?: { stmt: Tree }[];
    };
    return (tree.stmts ?? []).map((raw) => raw.stmt);
  } finally {
    module._free(query);
    if (result !== 0) module._wasm_free_parse_result(result);
  }
}
