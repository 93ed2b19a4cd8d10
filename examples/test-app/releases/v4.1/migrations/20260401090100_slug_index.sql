-- Readers and writers go on while it is built; it cannot run in a transaction.
CREATE UNIQUE INDEX CONCURRENTLY blog_posts_slug ON blog_posts (slug);
