-- The database and its two accounts, once, as a superuser: psql -f database.sql. See docs/guides/accounts.md.
CREATE ROLE blog_migrator LOGIN PASSWORD 'choose-one';
CREATE ROLE blog_app LOGIN PASSWORD 'choose-another';
CREATE DATABASE blog OWNER blog_migrator;
\connect blog
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO blog_migrator;
GRANT USAGE ON SCHEMA public TO blog_app;
ALTER DEFAULT PRIVILEGES FOR ROLE blog_migrator IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO blog_app;
ALTER DEFAULT PRIVILEGES FOR ROLE blog_migrator IN SCHEMA public GRANT USAGE ON SEQUENCES TO blog_app;
