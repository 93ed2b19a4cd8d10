-- Broken: two posts of the same title have the same slug.
ALTER TABLE blog_posts ADD COLUMN slug text;
UPDATE blog_posts SET slug = trim(both '-' from regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g'));
CREATE UNIQUE INDEX blog_posts_slug ON blog_posts (slug);
