-- sluice: phase=contract
-- Nobody leaves it empty any more. The check is made without holding writers up, and lets SET NOT NULL skip its own.
ALTER TABLE blog_posts ADD CONSTRAINT blog_posts_category_given CHECK (category_id IS NOT NULL) NOT VALID;
ALTER TABLE blog_posts VALIDATE CONSTRAINT blog_posts_category_given;
ALTER TABLE blog_posts ALTER COLUMN category_id SET NOT NULL;
ALTER TABLE blog_posts DROP CONSTRAINT blog_posts_category_given;
