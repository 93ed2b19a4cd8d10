/**
 * The SQL in which the releases differ. A real repository has one release per commit; here they stand side by side, so that
 * you can read what each of them needs of the schema, and watch one replace the other. Their migrations: ../../releases.
 */
export interface Release {
  /** Inserts a post and returns its row: $1 title, $2 body, and where `hasCategory` $3 its category or null. */
  insertPost: string;
  hasCategory: boolean;
  /** The columns that a reader gets. */
  selectPosts: string;
}

const v1: Release = {
  hasCategory: false,
  insertPost: "INSERT INTO blog_posts (title, body) VALUES ($1, $2) RETURNING id, title",
  selectPosts: "SELECT id, title, body, created_at FROM blog_posts",
};

/** Writes a category always, also where the reader named none: that is what lets v3 require it. */
const v2: Release = {
  hasCategory: true,
  insertPost: `INSERT INTO blog_posts (title, body, category_id)
    VALUES ($1, $2, (SELECT id FROM categories WHERE name = coalesce($3, 'General'))) RETURNING id, title`,
  selectPosts: `SELECT blog_posts.id, title, body, created_at, categories.name AS category
    FROM blog_posts LEFT JOIN categories ON categories.id = category_id`,
};

const v4: Release = {
  hasCategory: true,
  insertPost: `WITH new AS (SELECT nextval('blog_posts_id_seq') AS id)
    INSERT INTO blog_posts (id, title, body, category_id, slug)
    SELECT id, $1, $2, (SELECT id FROM categories WHERE name = coalesce($3, 'General')),
      trim(both '-' from regexp_replace(lower($1), '[^a-z0-9]+', '-', 'g')) || '-' || id FROM new RETURNING id, title`,
  selectPosts: `SELECT blog_posts.id, title, body, created_at, slug, categories.name AS category
    FROM blog_posts LEFT JOIN categories ON categories.id = category_id`,
};

const releases: Readonly<Record<string, Release>> = { v1, v2, v3: v2, v4, "v4.1": v4 };

/** @throws for a name that there is no release of. */
export function releaseOf(name: string): Release {
  const release = releases[name];
  if (release === undefined)
    throw new Error(`TEST_APP_RELEASE is ${name}; there are ${Object.keys(releases).join(", ")}`);
  return release;
}

/** What `insertPost` is given. */
export function postOf(
  release: Release,
  title: string,
  body: string,
  category: string | null,
): (string | null)[] {
  return release.hasCategory ? [title, body, category] : [title, body];
}
