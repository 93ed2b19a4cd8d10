import { execFileSync } from "node:child_process";
import { cached } from "../../bench/peers/cache.ts";
import { dbmate } from "../../bench/peers/dbmate.ts";
import { tempDir, writeFiles } from "../support/temp.ts";

/** A real migration tool that takes no lock of its own. */
export interface Tool {
  name: string;
  /** Makes a folder with one migration of these statements. Returns the command that applies it and its variables. */
  project(
    url: string,
    statements: readonly string[],
  ): { dir: string; command: string[]; env: Record<string, string> };
}

export const dbmateTool: Tool = {
  name: "dbmate",
  project(url, statements) {
    const executable = dbmate.obtain("");
    const dir = tempDir({ "m/1_t.sql": `-- migrate:up\n${statements.join(";\n")};\n-- migrate:down\n` });
    const command = [executable, "--no-dump-schema", "--migrations-dir", "m", "migrate"];
    return { dir, command, env: { DATABASE_URL: withoutTls(url) } };
  },
};

/** Alembic with a driver in pure Python; all of them wheels, so nothing is built. */
const alembicPackages = ["alembic==1.16.5", "sqlalchemy==2.0.43", "pg8000==1.31.2"];

export const alembicTool: Tool = {
  name: "Alembic",
  project(url, statements) {
    const libraries = alembic();
    const dir = tempDir();
    writeFiles(dir, {
      "alembic.ini": "[alembic]\nscript_location = scripts\n",
      "scripts/env.py": `import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`,
      "scripts/versions/one.py": `from alembic import op
revision = "one"
down_revision = None
def upgrade():
${statements.map((sql) => `    op.execute("""${sql}""")`).join("\n")}
`,
    });
    return {
      dir,
      command: ["python3", "-m", "alembic", "upgrade", "head"],
      env: {
        DATABASE_URL: url.replace(/^postgres(ql)?:/, "postgresql+pg8000:"),
        PYTHONPATH: libraries,
        PYTHONDONTWRITEBYTECODE: "1",
      },
    };
  },
};

/** The folder with Alembic, in the cache; a venv could not be renamed into place. */
function alembic(): string {
  try {
    execFileSync("python3", ["-m", "pip", "--version"], { stdio: "ignore" });
  } catch (cause) {
    throw new Error("this test needs Python with pip: `apt-get install python3 python3-pip`", { cause });
  }
  const version = execFileSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
    encoding: "utf8",
  }).trim();
  return cached(`${alembicPackages.join("-").replaceAll("==", "-")}-py${version}`, (folder) => {
    const options = [
      "--quiet",
      "--disable-pip-version-check",
      "--no-warn-conflicts",
      "--only-binary",
      ":all:",
    ];
    execFileSync("python3", ["-m", "pip", "install", ...options, "--target", folder, ...alembicPackages], {
      stdio: ["ignore", 2, 2],
    });
  });
}

function withoutTls(url: string): string {
  const address = new URL(url);
  address.searchParams.set("sslmode", "disable");
  return address.href;
}
