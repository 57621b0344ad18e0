package finding

// The names of the rules on row-level security.
const (
	RLSNotEnabled   = "rls-not-enabled"
	RLSNotForced    = "rls-not-forced"
	RLSMissing      = "rls-missing"
	RLSNoPolicy     = "rls-no-policy"
	RLSRestrictive  = "rls-only-restrictive"
	RLSAlwaysTrue   = "rls-always-true"
	RLSNoTenant     = "rls-no-tenant"
	RLSWidened      = "rls-widened"
	RLSEscape       = "rls-escape"
	RLSCheck        = "rls-check"
	RLSEmptySetting = "rls-empty-setting"
	RLSSettingName  = "rls-setting-name"
	RLSPartition    = "rls-partition"
	RLSUnique       = "rls-unique"
	RLSView         = "rls-view"
	RLSMaterialized = "rls-materialized"
	RLSDefiner      = "rls-definer"
	RLSSearchPath   = "rls-search-path"
	RLSBypass       = "rls-bypass"
	RLSTruncate     = "rls-truncate"
	RLSReferences   = "rls-references"
	RLSDefaultGrant = "rls-default-grant"
	// RLSSessionSetting is about what the program does, and not about migrations.
	RLSSessionSetting  = "rls-session-setting"
	RLSOutside         = "rls-outside"
	RLSOtherConnection = "rls-other-connection"
	RLSNoTransaction   = "rls-no-transaction"
	RLSSplicedSetting  = "rls-spliced-setting"
	RLSUnheededSetting = "rls-unheeded-setting"
	RLSLateSetting     = "rls-late-setting"
	RLSUnreadSetting   = "rls-unread-setting"
	RLSHookOnce        = "rls-hook-once"
	RLSHookReset       = "rls-hook-reset"
	RLSRequired        = "rls-required"
	RLSBoundSetting    = "rls-bound-setting"
	RLSSettingType     = "rls-setting-type"
	RLSDefaultSetting  = "rls-default-setting"
)

// Where PostgreSQL's manual says what the rules rest on.
const (
	manualPolicies = "PostgreSQL's manual, [row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)"
	manualCreate   = "PostgreSQL's manual, [CREATE POLICY](https://www.postgresql.org/docs/current/sql-createpolicy.html)"
	manualAlter    = "PostgreSQL's manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)"
	manualSettings = "PostgreSQL's manual, [configuration settings functions](https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET)"
	manualDefaults = "PostgreSQL's manual, [ALTER DEFAULT PRIVILEGES](https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html)"
	manualSet      = "PostgreSQL's manual, [SET](https://www.postgresql.org/docs/current/sql-set.html)"
	manualCustom   = "PostgreSQL's manual, [customized options](https://www.postgresql.org/docs/current/runtime-config-custom.html)"
	manualView     = "PostgreSQL's manual, [CREATE VIEW](https://www.postgresql.org/docs/current/sql-createview.html)"
	manualFunction = "PostgreSQL's manual, [writing SECURITY DEFINER functions safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)"
	manualRoleSet  = "PostgreSQL's manual, [ALTER ROLE](https://www.postgresql.org/docs/current/sql-alterrole.html)"
	manualRole     = "PostgreSQL's manual, [CREATE ROLE](https://www.postgresql.org/docs/current/sql-createrole.html)"
)

// ShownOn are the versions of PostgreSQL on which a test has shown each rule of row-level
// security: the example before leaks or fails, and the one after does not.
const ShownOn = "15, 18"

// rlsSince is the version that the rules came with.
const rlsSince = "0.4.0"

// rlsRules are about the second wall: what migrations say of row-level security. Each was
// shown on a real server: the example before leaks or fails, and the one after does not.
var rlsRules = []Rule{
	{
		Name: RLSNotEnabled, Title: "a table has policies, and row-level security is not enabled",
		Text: `CREATE POLICY alone does nothing: until ALTER TABLE … ENABLE ROW LEVEL SECURITY nobody is
held by a policy. A reader of the migration sees the policy and believes in the wall.`,
		Before: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);`,
		After: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;`,
		CWE: []int{862}, Severity: "8.1", Basis: manualPolicies,
	},
	{
		Name: RLSNotForced, Title: "the owner of a table is held by none of its policies",
		Text: `Row-level security does not hold the owner of a table unless it is forced. The owner is
who ran the migration, and many applications connect as the same role: then the wall is not
there. FORCE ROW LEVEL SECURITY, or a role of its own for the application, which owns nothing.
It is not said of a table that the migrations give to another owner, or that they let a role
write which they make, which logs in and is a member of no other.`,
		Before: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;`,
		After: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;`,
		CWE: []int{862}, Severity: "6.5", Basis: manualAlter,
	},
	{
		Name: RLSMissing, Title: "a table of a tenant has no row-level security, and its siblings have",
		Text: `Where the database holds the line for some tables, people come to trust that it does for
all. A table that a later migration added has the tenant's column and no policy.`,
		Before: `CREATE TABLE exports (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id));`,
		After: `CREATE TABLE exports (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id));
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON exports USING (organization_id = current_setting('app.tenant')::uuid);`,
		CWE: []int{862}, Severity: "7.5", Basis: manualPolicies,
	},
	{
		Name: RLSNoPolicy, Title: "row-level security is enabled, and there is no policy",
		Text: `Without a policy nobody is let in but the owner of the table, and who bypasses policies,
and those see every tenant's rows. If the application works, it is one of them.`,
		Before: `CREATE TABLE exports (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id));
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;`,
		After: `CREATE TABLE exports (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id));
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON exports USING (organization_id = current_setting('app.tenant')::uuid);`,
		CWE: []int{862}, Severity: "5.3", Basis: manualPolicies,
	},
	{
		Name: RLSRestrictive, Title: "all policies of a table are restrictive: nobody sees a row",
		Text: `A restrictive policy takes away from what permissive ones give. Where there is none, it
takes away from nothing, and every statement finds no row, unless who asks is held by no policy.`,
		Before: `CREATE POLICY tenant ON invoices AS RESTRICTIVE USING (organization_id = current_setting('app.tenant')::uuid);`,
		After:  `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);`,
		CWE:    []int{1220}, Severity: "3.1", Basis: manualCreate,
	},
	{
		Name: RLSAlwaysTrue, Title: "a policy lets everybody see every row",
		Text: `Permissive policies are joined with OR. One that is always true lets every row through,
whatever the others say.`,
		Before: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);
CREATE POLICY reporting ON invoices FOR SELECT USING (true);`,
		After: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);
CREATE POLICY reporting ON invoices FOR SELECT TO reporting USING (true);`,
		CWE: []int{863}, Severity: "8.1", Basis: manualCreate,
	},
	{
		Name: RLSNoTenant, Title: "a policy does not ask whose a row is",
		Text: `The policy is about some column of the row, and no part of it compares the tenant's
column with what the session says. Beside a policy that does it is joined with OR.`,
		Before: `CREATE POLICY live ON invoices USING (deleted_at IS NULL);`,
		After: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);
CREATE POLICY live ON invoices AS RESTRICTIVE USING (deleted_at IS NULL);`,
		CWE: []int{863}, Severity: "8.1", Basis: manualCreate,
	},
	{
		Name: RLSWidened, Title: "an arm of a policy does not ask whose a row is",
		Text: `The policy binds the tenant, OR something else that holds for rows of every tenant. If
such rows are meant for everybody, say so with severity or an exclusion; if not, it is an AND.`,
		Before: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid OR status = 'draft');`,
		After:  `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid AND status <> 'void');`,
		CWE:    []int{863}, Severity: "6.5", Basis: manualCreate,
	},
	{
		Name: RLSEscape, Title: "a policy has a way past it that the session opens",
		Text: `An arm of the policy asks only what the session says of itself. Where it holds while
nobody has set the variable, a forgotten SET shows every tenant's rows, and so does a SET LOCAL
that ended with its transaction. Where it wants a word, every role that may connect may say it.
Work for all tenants is for a role of its own.`,
		Before: `CREATE POLICY tenant ON invoices USING (
    coalesce(current_setting('app.tenant', true), '') = '' OR organization_id::text = current_setting('app.tenant', true));`,
		After: `CREATE POLICY tenant ON invoices USING (organization_id::text = current_setting('app.tenant', true));
CREATE POLICY jobs ON invoices TO jobs USING (true);`,
		CWE: []int{863, 636}, Severity: "7.5", Basis: manualSettings,
	},
	{
		Name: RLSCheck, Title: "a policy shows the caller's rows, and lets them be written to any tenant",
		Text: `USING says which rows are seen, WITH CHECK what a row may become. Where there is no WITH
CHECK, USING holds for both. One that is weaker lets a row be inserted for another tenant, or
given to one.`,
		Before: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid) WITH CHECK (true);`,
		After:  `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant')::uuid);`,
		CWE:    []int{863}, Severity: "7.1", Basis: manualCreate,
	},
	{
		Name: RLSEmptySetting, Title: "a policy casts a variable that may be an empty text",
		Text: `current_setting(name, true) is NULL where the variable was never set on the connection,
and an empty text once a SET LOCAL of it has ended. The cast of an empty text to uuid or to a
number fails, so that the next statement on the pooled connection does, too. It fails only on
connections that were used before, which no test sees.`,
		Before: `CREATE POLICY tenant ON invoices USING (organization_id = current_setting('app.tenant', true)::uuid);`,
		After:  `CREATE POLICY tenant ON invoices USING (organization_id = NULLIF(current_setting('app.tenant', true), '')::uuid);`,
		CWE:    []int{754}, Severity: "3.7", Basis: manualSettings,
	},
	{
		Name: RLSSettingName, Title: "a policy reads another variable than all others do",
		Text: `Two names for one thing: the application sets one of them, and the policies that read
the other show nothing, or everything where they have a way past them.`,
		Before: `CREATE POLICY tenant ON exports USING (organization_id = current_setting('app.tenant_id')::uuid); -- the others: app.tenant`,
		After:  `CREATE POLICY tenant ON exports USING (organization_id = current_setting('app.tenant')::uuid);`,
		CWE:    []int{863}, Severity: "3.7", Basis: manualSettings,
	},
	{
		Name: RLSPartition, Title: "a partition can be asked past the policies of its parent",
		Text: `The policies of a table are asked for statements on it, also for the rows of its
partitions. A statement on a partition is held by the partition's own policies, and partitions
and heirs inherit none.`,
		Before: `CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`,
		After: `CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE events_2026 ENABLE ROW LEVEL SECURITY; -- and no policy: only by way of the parent`,
		CWE: []int{862}, Severity: "5.3", Basis: manualPolicies,
	},
	{
		Name: RLSUnique, Title: "a key that is unique over all tenants tells what others have",
		Text: `Uniqueness and foreign keys are checked on all rows, whatever the policies. An INSERT
that is refused, or an ON CONFLICT that does something, tells that another tenant has the value.`,
		Before: `CREATE TABLE projects (id uuid PRIMARY KEY, organization_id uuid NOT NULL, slug text NOT NULL UNIQUE);`,
		After:  `CREATE TABLE projects (id uuid PRIMARY KEY, organization_id uuid NOT NULL, slug text NOT NULL, UNIQUE (organization_id, slug));`,
		CWE:    []int{203}, Severity: "4.3", Basis: manualPolicies,
	},
	{
		Name: RLSView, Title: "a view reads secured rows as its owner",
		Text: `A view reads its tables with the rights, and the policies, of who owns the view, not of
who asks. Where that is the owner of the tables and row-level security is not forced, the view
shows every tenant's rows. Since PostgreSQL 15 security_invoker makes it read as who asks.`,
		Before: `CREATE VIEW open_invoices AS SELECT * FROM invoices WHERE paid_at IS NULL;`,
		After:  `CREATE VIEW open_invoices WITH (security_invoker = true) AS SELECT * FROM invoices WHERE paid_at IS NULL;`,
		CWE:    []int{863}, Severity: "7.5", Basis: manualView,
	},
	{
		Name: RLSMaterialized, Title: "a materialised view keeps secured rows, and has no policies",
		Text: `What a materialised view holds is what whoever refreshes it sees, which is as a rule
everything, and it can have no policies: who may read it reads every tenant's rows.`,
		Before: `CREATE MATERIALIZED VIEW totals AS SELECT organization_id, sum(amount) AS amount FROM invoices GROUP BY 1;`,
		After: `CREATE MATERIALIZED VIEW all_totals AS SELECT organization_id, sum(amount) AS amount FROM invoices GROUP BY 1;
CREATE VIEW totals AS SELECT * FROM all_totals WHERE organization_id = current_setting('app.tenant')::uuid; -- and no grant on all_totals`,
		CWE: []int{863}, Severity: "6.5", Basis: manualPolicies,
	},
	{
		Name: RLSDefiner, Title: "a function reaches secured rows as its owner",
		Text: `SECURITY DEFINER runs the function as who made it. Where that is the owner of the table
and row-level security is not forced, the function reaches every tenant's rows, and whoever may
call it does, unless it asks for the tenant itself.`,
		Before: `CREATE FUNCTION invoice_total(i uuid) RETURNS numeric LANGUAGE sql SECURITY DEFINER SET search_path = public AS
$$ SELECT amount FROM invoices WHERE id = i $$;`,
		After: `CREATE FUNCTION invoice_total(i uuid) RETURNS numeric LANGUAGE sql SECURITY INVOKER AS
$$ SELECT amount FROM invoices WHERE id = i $$;`,
		CWE: []int{863, 269}, Severity: "7.1", Basis: manualFunction,
	},
	{
		Name: RLSSearchPath, Title: "a function with its owner's rights takes names from the caller's search_path",
		Text: `What a SECURITY DEFINER function names without a schema is looked up in the search_path
of who calls it. Who may create a table or a function in some schema can put his own in front.`,
		Before: `CREATE FUNCTION is_member(o uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS
$$ SELECT EXISTS (SELECT 1 FROM members WHERE organization_id = o AND user_id = current_setting('app.user')::uuid) $$;`,
		After: `CREATE FUNCTION is_member(o uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM members WHERE organization_id = o AND user_id = current_setting('app.user')::uuid) $$;`,
		CWE: []int{426}, Severity: "5.5", Basis: manualFunction,
	},
	{
		Name: RLSSessionSetting, Title: "the variable that policies read outlives the request",
		Text: `A variable that is set for the session stays set when the connection goes back to the
pool: the next request that gets it and does not set the variable has the other tenant's. A
pooler in transaction mode hands the connection to another client between two statements, and
resets nothing when a client goes: tried on a pgbouncer.
SET LOCAL, or set_config with true, ends with the transaction.`,
		Before: `_, err := db.ExecContext(ctx, "SELECT set_config('app.tenant', $1, false)", org)`,
		After: `tx, err := db.BeginTx(ctx, nil)
…
_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)`,
		CWE: []int{488, 863}, Severity: "7.5", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSOutside, Title: "a statement runs outside of the transaction that was given the tenant",
		Text: `The policies of its tables read a variable of the session, and the statement runs on the
pool, or in a transaction that is never given the variable. The policies then show it no row and
let it write none; and if somebody has left a tenant on the connection, they show it that
tenant's. A statement that says the tenant itself is not reported.`,
		Before: `tx, err := db.BeginTx(ctx, nil)
_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := db.QueryContext(ctx, "SELECT id, amount FROM invoices")`,
		After: `tx, err := db.BeginTx(ctx, nil)
_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := tx.QueryContext(ctx, "SELECT id, amount FROM invoices")`,
		CWE: []int{863, 488}, Severity: "5.3", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSTruncate, Title: "a role may empty a table that policies secure",
		Text: `TRUNCATE asks no policy: it removes the rows of every tenant. GRANT ALL gives it, and few
applications need it.`,
		Before: `GRANT ALL ON invoices TO app;`,
		After:  `GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO app;`,
		CWE:    []int{732, 863}, Severity: "5.3", Basis: manualPolicies,
	},
	{
		Name: RLSReferences, Title: "a role may make foreign keys to a table that policies secure",
		Text: `The check of a foreign key sees every row, whatever the policies say: whoever may make
one tells by it whether another tenant has a key.`,
		Before: `GRANT SELECT, REFERENCES ON invoices TO app;`,
		After:  `GRANT SELECT ON invoices TO app;`,
		CWE:    []int{203, 732}, Severity: "3.7", Basis: manualPolicies,
	},
	{
		Name: RLSDefaultGrant, Title: "a role may use tables that come later, before they have policies",
		Text: `ALTER DEFAULT PRIVILEGES gives a role what is needed on every table that a later
migration makes. A policy nobody gives by default: the table is open to every tenant until
somebody thinks of it.`,
		Before: `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;`,
		After:  `GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO app; -- in the migration that gives it its policies`,
		CWE:    []int{276, 732}, Severity: "3.7", Basis: manualDefaults,
	},
	{
		Name: RLSOtherConnection, Title: "the transaction was given the tenant, and the statement runs on the pool",
		Text: `The variable was set on a transaction, and the statement that follows runs on the pool:
on another connection, which knows no tenant, or somebody else's. It is one letter in the code.`,
		Before: `_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := db.QueryContext(ctx, "SELECT id, amount FROM invoices")`,
		After: `_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := tx.QueryContext(ctx, "SELECT id, amount FROM invoices")`,
		CWE: []int{863, 488}, Severity: "6.5", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSNoTransaction, Title: "the variable is set for a transaction that ends with the statement",
		Text: `SET LOCAL, and set_config with true, hold until the transaction ends. On the pool each
statement is a transaction by itself: the variable is gone before the next one runs, which may
be on another connection anyway. PostgreSQL says no more than a warning.`,
		Before: `_, err := db.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := db.QueryContext(ctx, "SELECT id, amount FROM invoices")`,
		After: `tx, err := db.BeginTx(ctx, nil)
_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := tx.QueryContext(ctx, "SELECT id, amount FROM invoices")`,
		CWE: []int{863, 696}, Severity: "5.3", Basis: manualSet, Go: true,
	},
	{
		Name: RLSSplicedSetting, Title: "the tenant is put together with the text of the statement that sets it",
		Text: `SET takes no bind values, so that the value is often printed into the text. A quote in it
ends the value: who chooses a part of it chooses the tenant, or any statement. set_config takes
bind values.`,
		Before: `_, err := tx.ExecContext(ctx, "SET LOCAL app.tenant = '" + org + "'")`,
		After:  `_, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)`,
		CWE:    []int{89}, Severity: "7.5", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSUnheededSetting, Title: "nobody looks whether the variable was set",
		Text: `The error of the statement that sets the variable is thrown away. A value that the driver
cannot send, or a context that has ended, leaves the transaction without a tenant: what follows
finds nothing and stores nothing, or does so for the tenant that was on the connection before.`,
		Before: `tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)`,
		After: `if _, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org); err != nil {
	return err
}`,
		CWE: []int{252, 863}, Severity: "5.3", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSLateSetting, Title: "a statement of the transaction runs before it is given the tenant",
		Text: `The variable is set, and a statement that needs it stands before: that one runs with no
tenant, or with the one that was on the connection before.`,
		Before: `rows, err := tx.QueryContext(ctx, "SELECT id, amount FROM invoices")
_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)`,
		After: `_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := tx.QueryContext(ctx, "SELECT id, amount FROM invoices")`,
		CWE: []int{696, 863}, Severity: "5.3", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSUnreadSetting, Title: "the program sets another variable than the policies read",
		Text: `A variable of the session comes to be when it is set, whatever it is called: nothing
says that nobody reads it. The policies read another one, which nobody sets.`,
		Before: `_, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant_id', $1, true)", org) // the policies read app.tenant`,
		After:  `_, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)`,
		CWE:    []int{863, 1288}, Severity: "5.3", Basis: manualCustom, Go: true,
	},
	{
		Name: RLSDefaultSetting, Title: "every session begins with a tenant, or past the policies",
		Text: `ALTER ROLE … SET and ALTER DATABASE … SET give each session of the role, or of the
database, a value of the variable before anybody has said who the caller is. A statement that runs
where nothing has set it (on the pool, in a job, before the setting) sees that tenant's rows instead
of none, and where the value opens an escape of a policy, every tenant's. RESET and DISCARD ALL go
back to it. An empty text is none: it may stand there so that current_setting finds something.`,
		Before: `ALTER ROLE app SET app.tenant = '11111111-1111-1111-1111-111111111111';`,
		After:  `ALTER ROLE app SET app.tenant = '';`,
		CWE:    []int{1188, 863}, Severity: "6.5", Basis: manualRoleSet,
	},
	{
		Name: RLSSettingType, Title: "the variable is set to what the policies cannot read",
		Text: `A variable of the session is a text. A policy that makes a UUID or a number of it fails
on every other text, and one that compares it with the text of a column shows nothing.`,
		Before: `_, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org.Number) // an int64; the policies: current_setting('app.tenant')::uuid`,
		After:  `_, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org.ID.String())`,
		CWE:    []int{863, 704}, Severity: "5.3", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSHookOnce, Title: "a connection keeps the tenant of its first request",
		Text: `AfterConnect runs once for each connection that the pool makes, with the context of
whoever needed it first. A tenant that it sets stays for all requests that get the connection.`,
		Before: `config.AfterConnect = func(ctx Context, conn *Conn) error {
	_, err := conn.Exec(ctx, "SELECT set_config('app.tenant', $1, false)", tenant(ctx))
	return err
}`,
		After: `tx, err := pool.Begin(ctx)
_, err = tx.Exec(ctx, "SELECT set_config('app.tenant', $1, true)", tenant(ctx))`,
		CWE: []int{488, 863}, Severity: "8.1", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSHookReset, Title: "a hook of the pool sets the tenant on some ways only, and nothing takes it away",
		Text: `The hook sets the variable for the session where the context has a tenant, and lets the
connection pass where it has none: that one still has the tenant of the request before.
Over database/sql (OptionResetSession, a driver's ResetSession) a connection is used whatever
the hook says but driver.ErrBadConn.`,
		Before: `config.PrepareConn = func(ctx Context, conn *Conn) (bool, error) {
	if org := tenant(ctx); org != "" {
		if _, err := conn.Exec(ctx, "SELECT set_config('app.tenant', $1, false)", org); err != nil {
			return false, err
		}
	}
	return true, nil
}`,
		After: `config.PrepareConn = func(ctx Context, conn *Conn) (bool, error) {
	_, err := conn.Exec(ctx, "SELECT set_config('app.tenant', $1, false)", tenant(ctx))
	return err == nil, err
}`,
		CWE: []int{488, 863}, Severity: "8.1", Basis: manualSettings, Go: true,
	},
	{
		Name: RLSBoundSetting, Title: "SET with a bind value, which PostgreSQL refuses",
		Text: `SET takes constants, and no bind value: the statement is a syntax error whenever it
runs. Where its error is not looked at, what follows runs without a tenant, or with the one that
was on the connection before. set_config takes one.`,
		Before: `_, err := tx.ExecContext(ctx, "SET LOCAL app.tenant = $1", org)`,
		After:  `_, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)`,
		CWE:    []int{754, 863}, Severity: "5.3", Basis: manualSet, Go: true,
	},
	{
		Name: RLSRequired, Title: "one of two walls is missing, where the settings ask for both",
		Text: `Under rls: required a call must be held twice: the statement is tied to the caller's
tenant by itself, and the policies of its tables hold it on a connection that was given the
tenant. A finding names the wall that is missing. It stands at the call, and, where the policies
are missing, at the table, too.`,
		Before: `// rls: required
rows, err := tx.QueryContext(ctx, "SELECT id, amount FROM invoices")                                // the policies alone
rows, err := db.QueryContext(ctx, "SELECT id, amount FROM invoices WHERE organization_id = $1", org) // the filter alone`,
		After: `tx, err := db.BeginTx(ctx, nil)
_, err = tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", org)
rows, err := tx.QueryContext(ctx, "SELECT id, amount FROM invoices WHERE organization_id = $1", org)`,
		CWE: []int{862, 653}, Severity: "5.3", Basis: manualPolicies, Go: true,
	},
	{
		Name: RLSBypass, Title: "a role that logs in is held by no policy",
		Text: `BYPASSRLS and SUPERUSER go past every policy, forced or not. An application that
connects as such a role has no second wall.`,
		Before: `CREATE ROLE app LOGIN BYPASSRLS;`,
		After:  `CREATE ROLE app LOGIN;`,
		CWE:    []int{250}, Severity: "6.5", Basis: manualRole,
	},
}
