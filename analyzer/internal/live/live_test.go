package live_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/live"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// migrations is a schema in the words that people write, of which a server prints nearly
// none as they stand.
const migrations = `CREATE ROLE live_owner;
CREATE ROLE live_app LOGIN;
CREATE ROLE live_reporting;
CREATE ROLE live_jobs LOGIN BYPASSRLS;
CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('app.tenant', true), '')::uuid $$;
CREATE TABLE invoices (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE, status varchar(20) NOT NULL, "Amount" bigint NOT NULL DEFAULT 0, UNIQUE (organization_id, status));
CREATE UNIQUE INDEX invoices_open ON invoices (organization_id) WHERE status = 'open';
CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);
CREATE POLICY live ON invoices AS RESTRICTIVE FOR SELECT USING (status IN ('open', 'paid') AND status NOT IN ('void'));
CREATE TABLE lines (id bigserial PRIMARY KEY, invoice_id uuid NOT NULL REFERENCES invoices, words text NOT NULL);
CREATE POLICY tenant ON lines USING (EXISTS (SELECT 1 FROM invoices i WHERE i.id = invoice_id AND i.organization_id = current_tenant()));
CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations, words text);
CREATE POLICY "read it" ON notes FOR SELECT USING (organization_id = (SELECT NULLIF(current_setting('app.tenant', true), '')::uuid));
CREATE POLICY write_it ON notes FOR INSERT WITH CHECK (organization_id IS NOT DISTINCT FROM current_tenant());
CREATE POLICY reporting ON notes FOR SELECT TO live_reporting, live_jobs USING (true);
CREATE TABLE events (id bigint NOT NULL, organization_id uuid NOT NULL REFERENCES organizations (id), at timestamptz NOT NULL DEFAULT now(), kind text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE POLICY tenant ON events USING (organization_id::text = current_setting('app.tenant', true) AND kind <> ALL (ARRAY['a', 'b']));
CREATE TABLE drafts (LIKE notes INCLUDING ALL);
ALTER TABLE drafts ADD FOREIGN KEY (organization_id) REFERENCES organizations (id);
CREATE POLICY tenant ON drafts USING (organization_id IN (SELECT o.id FROM organizations o WHERE o.id = current_tenant()));
CREATE TABLE old_notes (reason text) INHERITS (notes);
CREATE SCHEMA audit;
CREATE TABLE audit.log (id bigint PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id), words text CHECK (words <> ''));
CREATE POLICY tenant ON audit.log USING (CASE WHEN words IS NULL THEN false ELSE organization_id = current_tenant() END);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
ALTER TABLE lines ENABLE ROW LEVEL SECURITY; ALTER TABLE lines FORCE ROW LEVEL SECURITY;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY;
ALTER TABLE events ENABLE ROW LEVEL SECURITY; ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE drafts ENABLE ROW LEVEL SECURITY; ALTER TABLE drafts OWNER TO live_owner;
ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY; ALTER TABLE audit.log FORCE ROW LEVEL SECURITY;
CREATE VIEW amounts WITH (security_invoker) AS SELECT id, "Amount" FROM invoices WHERE status = 'open';
CREATE MATERIALIZED VIEW totals AS SELECT organization_id, sum("Amount") AS total FROM invoices GROUP BY organization_id;
CREATE FUNCTION totals_of(org uuid) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM drafts $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO live_app;
GRANT TRUNCATE ON invoices TO live_app;
GRANT SELECT ON drafts TO live_app;
`

// start gives a database of the migrations, and how to connect to it.
func start(t *testing.T) (dsn string, run func(sql string)) {
	s, err := pgserver.StartServer()
	if errors.Is(err, pgserver.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
		t.Skipf("not run: no database was read, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	ctx := context.Background()
	dsn, err = s.DSN(ctx, "live")
	require.NoError(t, err)
	conn, err := pgx.Connect(ctx, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(ctx) })
	run = func(sql string) {
		_, err := conn.Exec(ctx, sql)
		require.NoError(t, err, sql)
	}
	for _, role := range []string{"live_owner", "live_app", "live_reporting", "live_jobs"} {
		run("DROP ROLE IF EXISTS " + role)
	}
	run(migrations)
	return dsn, run
}

func decided(d *schema.Diagram) *catalogue.Catalogue {
	c := catalogue.Decide([]*schema.Diagram{d}, catalogue.Settings{TenantColumn: "organization_id"})[0]
	rls.Hold(c)
	return c
}

func read(t *testing.T, dsn string) (*live.Database, *catalogue.Catalogue) {
	db, err := live.Read(context.Background(), dsn)
	require.NoError(t, err)
	d := schema.Replay(db.Name, []schema.Text{db.Text})
	assert.Empty(t, d.Problems, db.Text.Text)
	return db, decided(d)
}

// TestSameAsMigrations: a database that the migrations have made is no other than they say.
func TestSameAsMigrations(t *testing.T) {
	dsn, run := start(t)
	files := decided(schema.Replay("migrations", []schema.Text{{File: "1.sql", Text: migrations}}))
	db, database := read(t, dsn)
	assert.Empty(t, rls.Differences(files, database, db.Owners))
	assert.NotEmpty(t, db.Role.Past())
	held := func(c *catalogue.Catalogue) map[string]string {
		out := map[string]string{}
		for _, o := range rls.Tables(c) {
			slices.Sort(o.Gaps) // else by place
			out[o.Table] = o.Held + " " + strings.Join(o.Past, ",") + " " + strings.Join(o.Gaps, ",")
		}
		return out
	}
	assert.Equal(t, held(files), held(database))

	for _, x := range drifts {
		t.Run(x.sql, func(t *testing.T) {
			run("BEGIN; " + x.sql + "; COMMIT")
			defer func() { run(x.back) }()
			db, database := read(t, dsn)
			var got []string
			for _, d := range rls.Differences(files, database, db.Owners) {
				got = append(got, strings.TrimPrefix(d.Table+": "+d.Message, ": "))
			}
			assert.Equal(t, x.want, strings.Join(got, "\n"))
		})
	}
	db, database = read(t, dsn)
	assert.Empty(t, rls.Differences(files, database, db.Owners))
}

// drifts are what somebody does to a database by hand, and how it is taken back.
var drifts = []struct{ sql, back, want string }{
	{"ALTER TABLE invoices DISABLE ROW LEVEL SECURITY", "ALTER TABLE invoices ENABLE ROW LEVEL SECURITY",
		"invoices: row-level security is enabled in the migrations, and not in the database"},
	{"ALTER TABLE drafts FORCE ROW LEVEL SECURITY", "ALTER TABLE drafts NO FORCE ROW LEVEL SECURITY",
		"drafts: row-level security is forced in the database, and not in the migrations"},
	{"DROP POLICY tenant ON lines", "CREATE POLICY tenant ON lines USING (EXISTS (SELECT 1 FROM invoices i WHERE i.id = invoice_id AND i.organization_id = current_tenant()))",
		"lines: the migrations have the policy tenant, and the database has not"},
	{"CREATE POLICY debug ON events USING (true)", "DROP POLICY debug ON events",
		"events: the database has the policy debug, and the migrations have not"},
	{"ALTER POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid OR status = 'open')", "ALTER POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid)",
		"invoices: policy tenant has USING (organization_id = current_setting('app.tenant')::uuid) in the migrations, and (organization_id = current_setting('app.tenant'::text)::uuid OR status::text = 'open'::text) in the database"},
	{"ALTER POLICY tenant ON invoices USING (organization_id = current_setting('app.other')::uuid)", "ALTER POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid)",
		"invoices: policy tenant has USING (organization_id = current_setting('app.tenant')::uuid) in the migrations, and (organization_id = current_setting('app.other'::text)::uuid) in the database"},
	{"ALTER POLICY tenant ON invoices WITH CHECK (true)", "DROP POLICY tenant ON invoices; CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid)",
		"invoices: policy tenant has WITH CHECK none in the migrations, and (true) in the database"},
	{"ALTER POLICY reporting ON notes TO live_reporting", "ALTER POLICY reporting ON notes TO live_reporting, live_jobs",
		"notes: policy reporting is for live_jobs, live_reporting in the migrations, and live_reporting in the database"},
	{"CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT COALESCE(NULLIF(current_setting('app.tenant', true), '')::uuid, gen_random_uuid()) $$",
		"CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('app.tenant', true), '')::uuid $$",
		"policies call the function current_tenant, whose body is another in the database than in the migrations"},
	{"ALTER VIEW amounts RESET (security_invoker)", "ALTER VIEW amounts SET (security_invoker = true)",
		"invoices: the view amounts reads as whoever asks in the migrations, and not in the database"},
	{"CREATE TABLE exports (id bigint PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id))", "DROP TABLE exports",
		"exports: the database has it, and no migration makes it"},
	{"ALTER ROLE live_app BYPASSRLS", "ALTER ROLE live_app NOBYPASSRLS",
		"the role live_app goes past every policy in the database, and not in the migrations"},
	{"DROP TABLE audit.log", "CREATE TABLE audit.log (id bigint PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id), words text CHECK (words <> '')); ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY; ALTER TABLE audit.log FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON audit.log USING (CASE WHEN words IS NULL THEN false ELSE organization_id = current_tenant() END)",
		"audit.log: the migrations make it, and the database has no such table"},
	{"DROP POLICY live ON invoices; CREATE POLICY live ON invoices FOR SELECT USING (status IN ('open', 'paid') AND status NOT IN ('void'))", "DROP POLICY live ON invoices; CREATE POLICY live ON invoices AS RESTRICTIVE FOR SELECT USING (status IN ('open', 'paid') AND status NOT IN ('void'))",
		"invoices: policy live is restrictive in the migrations, and permissive in the database"},
	{"CREATE VIEW peek AS SELECT * FROM invoices", "DROP VIEW peek",
		"invoices: the view peek of the database shows it, and no migration makes that"},
	{"ALTER ROLE live_app SET app.tenant = '11111111-1111-1111-1111-111111111111'", "ALTER ROLE live_app RESET app.tenant",
		"events: in the database, and not in the migrations: every session of live_app begins with app.tenant = '11111111-1111-1111-1111-111111111111': where nothing sets it a statement has the rows of that tenant, whoever the caller is, and RESET goes back to it; begin with an empty text (rls-default-setting)"},
	{"GRANT TRUNCATE ON notes TO live_app", "REVOKE TRUNCATE ON notes FROM live_app",
		"notes: in the database, and not in the migrations: live_app may TRUNCATE it, which no policy is asked for: it empties the table for every tenant; grant SELECT, INSERT, UPDATE and DELETE (rls-truncate)"},
	{"CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$ SELECT count(*) FROM drafts $$", "DROP FUNCTION peek()",
		"drafts: in the database, and not in the migrations: peek runs as its owner, who is held by no policy, and does not ask for the tenant: whoever may call it reaches every tenant's rows (rls-definer)"},
	{"ALTER FUNCTION current_tenant() SECURITY DEFINER SET search_path = public", "ALTER FUNCTION current_tenant() SECURITY INVOKER RESET search_path",
		"the function current_tenant, which policies call, runs as its owner in the database, and not in the migrations"},
	{"ALTER FUNCTION current_tenant() SET app.tenant = 'x'", "ALTER FUNCTION current_tenant() RESET app.tenant",
		"policies call the function current_tenant, which sets other variables while it runs in the database than in the migrations"},
	{"CREATE FUNCTION become() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('app.tenant', 'x', true); RETURN NEW; END $$; CREATE TRIGGER first BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION become()", "DROP TRIGGER first ON invoices; DROP FUNCTION become()",
		"invoices: the trigger first is in the database, and not in the migrations"},
	{"CREATE RULE beside AS ON INSERT TO notes DO ALSO DELETE FROM invoices", "DROP RULE beside ON notes",
		"notes: the rule beside is in the database, and not in the migrations"},
	{"ALTER TABLE notes OWNER TO live_app", "ALTER TABLE notes OWNER TO postgres",
		"notes: live_app owns it in the database, postgres owns other tables, and no migration says who does: policies do not hold an owner where they are not forced, and an owner may change them"},
	{"ALTER TABLE drafts OWNER TO live_app", "ALTER TABLE drafts OWNER TO live_owner",
		"drafts: live_owner owns it in the migrations, and live_app in the database: policies do not hold an owner where they are not forced, and an owner may change them"},
	{"ALTER TABLE notes DROP CONSTRAINT notes_organization_id_fkey", "ALTER TABLE notes ADD FOREIGN KEY (organization_id) REFERENCES organizations (id)",
		"notes: the foreign key (organization_id) to organizations (id) is in the migrations, and not in the database"},
	{"ALTER TABLE lines DROP CONSTRAINT lines_invoice_id_fkey, ADD FOREIGN KEY (invoice_id) REFERENCES invoices (id) NOT VALID", "ALTER TABLE lines DROP CONSTRAINT lines_invoice_id_fkey, ADD FOREIGN KEY (invoice_id) REFERENCES invoices (id)",
		"lines: the foreign key (invoice_id) to invoices (id) is validated in the migrations, and not in the database"},
	{"ALTER TABLE lines DROP CONSTRAINT lines_invoice_id_fkey, ADD FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE", "ALTER TABLE lines DROP CONSTRAINT lines_invoice_id_fkey, ADD FOREIGN KEY (invoice_id) REFERENCES invoices (id)",
		"lines: the foreign key (invoice_id) to invoices (id) acts on rows otherwise in the database than in the migrations"},
	{"ALTER TABLE notes ADD COLUMN invoice_id uuid REFERENCES invoices (id)", "ALTER TABLE notes DROP COLUMN invoice_id",
		"notes: the foreign key (invoice_id) to invoices (id) is in the database, and not in the migrations"},
	{"ALTER TABLE events ALTER organization_id DROP NOT NULL", "ALTER TABLE events ALTER organization_id SET NOT NULL",
		"events: organization_id is NOT NULL in the migrations, and not in the database"},
	{"ALTER TABLE invoices DROP CONSTRAINT invoices_organization_id_status_key", "ALTER TABLE invoices ADD UNIQUE (organization_id, status)",
		"invoices: the unique key (organization_id, status) is in the migrations, and not in the database"},
	{"DROP INDEX invoices_open; CREATE UNIQUE INDEX invoices_open ON invoices (organization_id) WHERE status = 'paid'", "DROP INDEX invoices_open; CREATE UNIQUE INDEX invoices_open ON invoices (organization_id) WHERE status = 'open'",
		"invoices: the unique key (organization_id) where status = 'open' is in the migrations, and not in the database"},
	// What is no difference.
	{"ALTER TABLE lines RENAME CONSTRAINT lines_invoice_id_fkey TO of_invoice", "ALTER TABLE lines RENAME CONSTRAINT of_invoice TO lines_invoice_id_fkey", ""},
	{"ALTER TABLE lines ALTER words DROP NOT NULL", "ALTER TABLE lines ALTER words SET NOT NULL", ""},
	{"ALTER TABLE invoices OWNER TO live_owner; ALTER TABLE lines OWNER TO live_owner; ALTER TABLE notes OWNER TO live_owner; ALTER TABLE events OWNER TO live_owner; ALTER TABLE old_notes OWNER TO live_owner; ALTER TABLE organizations OWNER TO live_owner; ALTER TABLE audit.log OWNER TO live_owner",
		"ALTER TABLE invoices OWNER TO postgres; ALTER TABLE lines OWNER TO postgres; ALTER TABLE notes OWNER TO postgres; ALTER TABLE events OWNER TO postgres; ALTER TABLE old_notes OWNER TO postgres; ALTER TABLE organizations OWNER TO postgres; ALTER TABLE audit.log OWNER TO postgres", ""},
	{"ALTER ROLE live_app SET app.tenant = ''", "ALTER ROLE live_app RESET app.tenant", ""},
	{"ALTER ROLE live_app SET statement_timeout = '5s'", "ALTER ROLE live_app RESET statement_timeout", ""},
	{"CREATE ROLE live_other LOGIN BYPASSRLS", "DROP ROLE live_other", ""},
	{"ALTER TABLE notes ADD COLUMN more text", "ALTER TABLE notes DROP COLUMN more", ""},
	{"CREATE TABLE countries (code text PRIMARY KEY)", "DROP TABLE countries", ""},
}

// TestAsTheApplication: a role that owns nothing and may read nothing sees the catalogue, and
// it is told which tables a role owns, also as a member of another one.
func TestAsTheApplication(t *testing.T) {
	dsn, run := start(t)
	run("CREATE ROLE live_nobody LOGIN; ALTER TABLE invoices OWNER TO live_owner; ALTER TABLE drafts OWNER TO live_owner; GRANT live_owner TO live_app")
	defer run("REASSIGN OWNED BY live_owner TO postgres; DROP OWNED BY live_nobody; DROP ROLE live_nobody")
	as := func(role string) string { return strings.Replace(dsn, "user=postgres", "user="+role, 1) }

	db, c := read(t, as("live_nobody"))
	assert.Equal(t, "live_nobody", db.Role.Name)
	assert.Empty(t, db.Role.Past())
	assert.Empty(t, db.Role.Owns)
	assert.NotEmpty(t, rls.Tables(c))

	db, c = read(t, as("live_app"))
	assert.Equal(t, []string{"drafts", "invoices"}, db.Role.Owns)
	for _, o := range rls.Tables(c) {
		if o.Table == "drafts" {
			assert.Contains(t, o.Gaps, "rls-not-forced")
		}
	}
	run("GRANT live_jobs TO live_nobody")
	db, _ = read(t, as("live_nobody"))
	assert.Contains(t, db.Role.Past(), "may SET ROLE live_jobs")
	db, _ = read(t, as("live_jobs"))
	assert.Contains(t, db.Role.Past(), "BYPASSRLS")
}

// TestRefused: the error tells what went wrong, and no password.
func TestRefused(t *testing.T) {
	_, err := live.Read(context.Background(), "host=/nowhere user=app password=sesame dbname=x")
	require.ErrorContains(t, err, "connecting")
	assert.NotContains(t, err.Error(), "sesame")
	_, err = live.Read(context.Background(), "postgres://app:sesame@host:port/x")
	require.ErrorContains(t, err, "reading the DSN")
	assert.NotContains(t, err.Error(), "sesame")
}
