-- Repaired: the number of the post makes its slug one of a kind. Nothing of the broken file was kept, so it has its place.
ALTER TABLE blog_posts ADD COLUMN slug text;
UPDATE blog_posts SET slug = trim(both '-' from regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g')) || '-' || id;
