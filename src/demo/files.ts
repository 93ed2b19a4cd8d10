import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The migration files of the demo, by name. They are texts here, so that the executable alone holds all it needs. */
const createPosts = `-- The blog as its first version knows it.
create table blog_posts (
  id integer generated always as identity primary key,
  title text not null
);
insert into blog_posts (title) select 'Notes, part ' || n from generate_series(1, 4000) n;

-- Counts how often later migrations took effect.
create table blog_layout (version integer not null);
insert into blog_layout values (1);

grant select, insert on blog_posts to blog_app;
`;

const addCategories = `-- Sorts the posts into categories. Nothing here is in the way of the version that serves meanwhile: the new
-- column may be empty, the back-fill goes in batches, and the index is built while others write.
create table categories (
  id integer primary key,
  name text not null
);
insert into categories values (0, 'news'), (1, 'guides'), (2, 'releases');
grant select on categories to blog_app;

alter table blog_posts add column category_id integer references categories;

-- A pause behind each batch gives standbys and readers time, as on a large table.
update blog_posts set category_id = id % 3 where id <= 1000;
select pg_sleep(0.8);
update blog_posts set category_id = id % 3 where id between 1001 and 2000;
select pg_sleep(0.8);
update blog_posts set category_id = id % 3 where id between 2001 and 3000;
select pg_sleep(0.8);
update blog_posts set category_id = id % 3 where id > 3000 and category_id is null;
select pg_sleep(0.8);

create index concurrently blog_posts_category_id on blog_posts (category_id);

update blog_layout set version = version + 1;
`;

const addTags = `-- Gives each post a tag: the first word of its title.
update blog_layout set version = version + 1;

create table tags (
  post_id integer not null,
  tag text not null,
  primary key (post_id, tag)
);
insert into tags (post_id, tag)
select id, lower(split_part(title, ' ', 1)) from blog_posts;

grant select, insert on tags to blog_app;
`;

const first = { "1_create_posts.sql": createPosts };
const second = { ...first, "2_add_categories.sql": addCategories };

/** What each release brings: all files up to its own, as an image would hold them. */
export const releaseFiles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: first,
  v2: second,
  // The mistake of this release: a column that does not exist.
  v3: { ...second, "3_add_tags.sql": addTags.replace("split_part(title", "split_part(titel") },
  "v3.1": { ...second, "3_add_tags.sql": addTags },
};

/** Writes the files of one release into a new folder of that name. Returns its path. */
export function writeRelease(folder: string, release: string): string {
  const target = join(folder, release);
  mkdirSync(target);
  for (const [name, text] of Object.entries(releaseFiles[release] ?? {}))
    writeFileSync(join(target, name), text);
  return target;
}
