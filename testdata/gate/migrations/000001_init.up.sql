CREATE TABLE orgs (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE memberships (org_id uuid NOT NULL REFERENCES orgs (id), user_id uuid NOT NULL REFERENCES users (id), PRIMARY KEY (org_id, user_id));
CREATE TABLE sessions (token_hash text PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id));
CREATE TABLE notes (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs (id), title text NOT NULL);
CREATE TABLE folders (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs (id), name text NOT NULL);
