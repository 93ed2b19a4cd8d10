import type { Random } from "./random.ts";

/** A migration of a generated directory, with its statements apart for the undisturbed reference. */
export interface Generated {
  name: string;
  text: string;
  statements: string[];
}

/** What a generated statement may build on. */
interface World {
  tables: string[];
  indexes: string[];
  next: number;
  /** Nothing may depend on the session: for `--lock lease`. */
  plain: boolean;
}

type Recipe = (world: World, random: Random) => { steps?: boolean; statements: string[] };

/**
 * Generates a directory whose result depends on each statement running exactly once: counters are raised, rows moved,
 * columns and indexes made. Short sleeps widen the moments in which something can die.
 */
export function generateDirectory(random: Random, files: number, plain: boolean): Generated[] {
  const world: World = { tables: [], indexes: [], next: 1, plain };
  const generated: Generated[] = [];
  for (let version = 1; version <= files; version++) {
    const recipe = version <= 2 ? createTable : random.pick(RECIPES);
    const { steps = false, statements } = recipe(world, random);
    const name = `${version}_${recipe.name}.sql`;
    const directive = steps ? "-- sluice: transaction=off\n" : "";
    generated.push({ name, text: `${directive}${statements.join(";\n")};\n`, statements });
  }
  return generated;
}

const sleep = (random: Random) => `select pg_sleep(${(random.between(10, 120) / 1000).toFixed(3)})`;

const createTable: Recipe = function create_table(world, random) {
  const table = `t${world.next++}`;
  world.tables.push(table);
  return {
    statements: [
      `create table ${table} (id int primary key, n int not null, label text)`,
      `insert into ${table} select g, g % 7, 'row ' || g from generate_series(1, ${random.between(50, 400)}) g`,
    ],
  };
};

const transactional: Recipe = function transactional(world, random) {
  const table = random.pick(world.tables);
  const column = `c${world.next++}`;
  return {
    statements: [
      `alter table ${table} add column ${column} int`,
      sleep(random),
      `update ${table} set n = n + 1, ${column} = n`,
      `alter table ${table} alter column ${column} set default 7`,
    ],
  };
};

const oneStatement: Recipe = function one_statement(world, random) {
  return { statements: [`update ${random.pick(world.tables)} set n = n + ${random.between(1, 9)}`] };
};

const statementWise: Recipe = function statement_wise(world, random) {
  const table = random.pick(world.tables);
  const set = world.plain ? [] : ["set search_path = public, pg_catalog"];
  return {
    steps: true,
    statements: [
      `update ${table} set n = n + 1`,
      ...set,
      sleep(random),
      `update ${table} set n = n * 2`,
      sleep(random),
      `insert into ${table} select -id, n, label from ${table} where id > 0 on conflict (id) do update set n = ${table}.n + 1`,
    ],
  };
};

const concurrently: Recipe = function concurrently(world, random) {
  const table = random.pick(world.tables);
  const index = `i${world.next++}`;
  world.indexes.push(index);
  return {
    statements: [
      `update ${table} set n = n + 1`,
      `create index concurrently ${random.next() < 0.3 ? "if not exists " : ""}${index} on ${table} (n, label)`,
      `update ${table} set n = n + 1`,
      ...(random.next() < 0.5
        ? [`reindex index concurrently ${index}`, `update ${table} set n = n + 3`]
        : []),
    ],
  };
};

const dropConcurrently: Recipe = function drop_concurrently(world, random) {
  const index = world.indexes.pop();
  if (index === undefined) return concurrently(world, random);
  return {
    statements: [`drop index concurrently ${index}`, `update ${random.pick(world.tables)} set n = n + 1`],
  };
};

const moveRows: Recipe = function move_rows(world, random) {
  const from = random.pick(world.tables);
  const to = `t${world.next++}`;
  world.tables.push(to);
  return {
    steps: random.next() < 0.5,
    statements: [
      `create table ${to} (id int primary key, n int not null, label text)`,
      sleep(random),
      `with moved as (delete from ${from} where id % 3 = 0 returning id, n, label) insert into ${to} select * from moved`,
      `update ${to} set n = n + (select count(*) from ${from})`,
    ],
  };
};

const maintenance: Recipe = function maintenance(world, random) {
  const table = random.pick(world.tables);
  const constraint = `k${world.next++}`;
  return {
    statements: [
      `alter table ${table} add constraint ${constraint} check (n > -1000000) not valid`,
      `vacuum (analyze) ${table}`,
      `alter table ${table} validate constraint ${constraint}`,
      `update ${table} set n = n + 1`,
    ],
  };
};

const partitions: Recipe = function partitions(world, random) {
  const table = `p${world.next++}`;
  return {
    statements: [
      `create table ${table} (id int not null, n int not null) partition by range (id)`,
      `create table ${table}_a partition of ${table} for values from (0) to (100)`,
      `create table ${table}_b partition of ${table} for values from (100) to (200)`,
      `insert into ${table} select g, g from generate_series(0, 199) g`,
      `alter table ${table} detach partition ${table}_a concurrently`,
      `update ${table} set n = n + ${random.between(1, 5)}`,
    ],
  };
};

const RECIPES: readonly Recipe[] = [
  createTable,
  transactional,
  oneStatement,
  statementWise,
  statementWise,
  concurrently,
  concurrently,
  dropConcurrently,
  moveRows,
  maintenance,
  partitions,
];
