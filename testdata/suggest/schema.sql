CREATE TABLE orgs (id text PRIMARY KEY);
CREATE TABLE users (id text PRIMARY KEY, org_id text NOT NULL REFERENCES orgs);
CREATE TABLE api_keys (key_hash text PRIMARY KEY, org_id text NOT NULL REFERENCES orgs);
CREATE TABLE folders (id text PRIMARY KEY, org_id text NOT NULL REFERENCES orgs);
CREATE TABLE notes (id text PRIMARY KEY, org_id text NOT NULL REFERENCES orgs, title text, body text);
