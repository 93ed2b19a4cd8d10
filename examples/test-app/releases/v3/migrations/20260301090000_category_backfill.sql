-- sluice: phase=contract
-- Posts without a category are v1's. Not before the last pod of v1 is gone: until then it writes more of them, also where a
-- release was skipped and v3 comes right after v1. v2 and v3 always write one.
UPDATE blog_posts SET category_id = (SELECT id FROM categories WHERE name = 'General') WHERE category_id IS NULL;
