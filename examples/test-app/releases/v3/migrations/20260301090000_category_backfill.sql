-- Posts that v1 wrote while v2 came have no category yet. v2 and v3 always write one.
UPDATE blog_posts SET category_id = (SELECT id FROM categories WHERE name = 'General') WHERE category_id IS NULL;
