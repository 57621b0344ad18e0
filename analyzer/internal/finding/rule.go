package finding

// Rule is what a rule finds, in the words of help, SARIF and the docs page.
type Rule struct {
	Name   string
	Title  string
	Text   string // a paragraph: what goes wrong, and for whom
	Before string // Go code, or SQL, that has the mistake
	After  string // the same code without it
	Since  string // version
	CWE    []int
	// Severity is how bad a finding is, on the scale of CVSS from 0 to 10 that SARIF's
	// security-severity has.
	Severity string
	Basis    string // of a rule about the database: where its maker says what the rule rests on
	Go       bool   // of such a rule: it is about what the program does, and not about migrations
}

// The names of the rules.
const (
	MissingFilter   = "missing-filter"
	PartialFilter   = "partial-filter"
	RequestTenant   = "request-tenant"
	UncheckedTenant = "unchecked-tenant"
	ForeignKeyWrite = "foreign-key-write"
	TenantWrite     = "tenant-write"
	UndecidedTable  = "undecided-table"
)

// Rules are all rules, in the order in which docs list them. Everything that
// speaks of rules reads this list: help, pages, messages, and later SARIF.
func Rules() []Rule {
	list := []Rule{missingFilter, partialFilter, requestTenant, uncheckedTenant, foreignKeyWrite, tenantWrite, undecidedTable}
	for _, r := range rlsRules {
		r.Since = rlsSince
		list = append(list, r)
	}
	return list
}

// RuleOf finds a rule by name, nil if there is none.
func RuleOf(name string) *Rule {
	for _, r := range Rules() {
		if r.Name == name {
			return &r
		}
	}
	return nil
}

// OfSchema reports whether a rule is about the schema alone: what it finds stands in a
// migration and in no package.
func OfSchema(rule string) bool {
	r := RuleOf(rule)
	return rule == UndecidedTable || r != nil && r.Basis != "" && !r.Go
}

// missingFilter is the plain case, and by far the commonest in real programs.
var missingFilter = Rule{
	Name:  MissingFilter,
	Title: "a tenant-owned table is read or written without the caller's tenant",
	Text: `The statement reaches rows of a table that a tenant owns, and nothing ties them to
the caller's tenant: no tenant column in its conditions, no join to a row that is tied,
and no check of the id before it. Whoever knows or guesses an id reads, changes or
deletes the rows of another tenant. It is reported where the client's value is passed
on, or, if no argument could repair it, where the query is called.`,
	Before: `func (h *Handler) GetInvoice(w http.ResponseWriter, r *http.Request) {
	invoice, err := h.queries.GetInvoiceByID(r.Context(), r.PathValue("id")) // WHERE id = $1
	…
}`,
	After: `func (h *Handler) GetInvoice(w http.ResponseWriter, r *http.Request) {
	org, err := auth.OrgFromContext(r.Context())
	if err != nil { … }
	invoice, err := h.queries.GetInvoice(r.Context(), db.GetInvoiceParams{ // WHERE id = $1 AND organization_id = $2
		ID: r.PathValue("id"), OrganizationID: org,
	})
	…
}`,
	Since:    "0.1.0",
	CWE:      []int{862, 566},
	Severity: "8.1",
}

// partialFilter is apart from missingFilter because a reviewer sees a filter, and
// because its remedy is in the statement.
var partialFilter = Rule{
	Name:  PartialFilter,
	Title: "the statement binds the tenant, but a part of it escapes",
	Text: `The statement names the caller's tenant, but not everywhere: an OR or CASE arm, the
other side of an outer join, a sub-select or a second table is not tied, or the filter is
optional and may be empty. The statement looks safe in review, and is not.`,
	Before: `SELECT * FROM invoices
WHERE organization_id = $1 AND number = $2 OR note = $2`,
	After: `SELECT * FROM invoices
WHERE organization_id = $1 AND (number = $2 OR note = $2)`,
	Since:    "0.1.0",
	CWE:      []int{863},
	Severity: "7.5",
}

// requestTenant is about the source of a value, so it is reported there, once,
// whatever the number of queries.
var requestTenant = Rule{
	Name:  RequestTenant,
	Title: "the tenant comes from the request, and nothing checks it",
	Text: `The statement is filtered, but by a tenant that the client chose: a field of the body,
a path or query parameter, a header. Nothing on the way compares it with the tenant of
the authenticated caller or looks up whether the user is a member of it. It is reported
once for each source.`,
	Before: `var req ListRequest // has OrganizationID
if err := json.NewDecoder(r.Body).Decode(&req); err != nil { … }
invoices, err := h.queries.ListInvoices(r.Context(), req.OrganizationID)`,
	After: `org, err := auth.OrgFromContext(r.Context())
if err != nil { … }
invoices, err := h.queries.ListInvoices(r.Context(), org)`,
	Since:    "0.1.0",
	CWE:      []int{639},
	Severity: "8.8",
}

// uncheckedTenant is reported only where the zero value opens something: where it
// closes the query, nothing is wrong but the error handling.
var uncheckedTenant = Rule{
	Name:  UncheckedTenant,
	Title: "the tenant may be missing, and a missing tenant opens the query",
	Text: `The accessor of the caller's tenant can fail, its failure is ignored, and the zero value
that it then gives does not close the query but opens it: the filter is optional, or the
row is inserted without a tenant. A failed accessor must end the request.`,
	Before: `org, _ := auth.OrgFromContext(ctx)
invoices, err := store.Search(ctx, org) // WHERE ($1 = '' OR organization_id = $1)`,
	After: `org, err := auth.OrgFromContext(ctx)
if err != nil {
	return err
}
invoices, err := store.Search(ctx, org)`,
	Since:    "0.1.0",
	CWE:      []int{703},
	Severity: "6.5",
}

// foreignKeyWrite is where a leak is made that only a later read shows: reads trust
// that a row of mine points to rows of mine, and every such proof rests on the writers.
var foreignKeyWrite = Rule{
	Name:  ForeignKeyWrite,
	Title: "a row stores the id of a row that may be another tenant's",
	Text: `An INSERT or UPDATE stores an id that the client chose in a column that refers to a
tenant-owned table, and nothing shows that the row it names is the caller's. The new row
is the caller's own, so every filter lets it through; whoever reads it with a join to what
it names reads another tenant's row. It is an error where a read in the same program rests
on the reference, and a warning where none does. No filter of the statement helps: look
the row up with the caller's tenant first, or let the database see to it with a foreign key
that has the tenant column in it.`,
	Before: `INSERT INTO remarks (organization_id, crate_id, words) VALUES ($1, $2, $3) -- $2 is the body's crate`,
	After: `INSERT INTO remarks (organization_id, crate_id, words)
SELECT $1, c.id, $3 FROM crates c WHERE c.id = $2 AND c.organization_id = $1`,
	Since:    "0.2.0",
	CWE:      []int{639},
	Severity: "6.5",
}

// tenantWrite is about what the row becomes, where the other rules are about which
// rows are found.
var tenantWrite = Rule{
	Name:  TenantWrite,
	Title: "a write can give a row to another tenant, or overwrite another's",
	Text: `An UPDATE sets the column that says whose the row is to a value that is not shown to
be the caller's tenant, or ON CONFLICT DO UPDATE changes a row that was there, which may be
another tenant's: the key of the conflict does not contain the tenant, and no condition of
DO UPDATE asks for it.`,
	Before: `INSERT INTO pages (organization_id, slug, body) VALUES ($1, $2, $3)
ON CONFLICT (slug) DO UPDATE SET body = excluded.body`,
	After: `INSERT INTO pages (organization_id, slug, body) VALUES ($1, $2, $3)
ON CONFLICT (slug) DO UPDATE SET body = excluded.body WHERE pages.organization_id = excluded.organization_id`,
	Since:    "0.2.0",
	CWE:      []int{863},
	Severity: "7.1",
}

// undecidedTable is about the schema alone: a wrong "shared" is the silent pass of the
// whole tool, so that a person has to say it. It is off until somebody asks for it.
var undecidedTable = Rule{
	Name:  UndecidedTable,
	Title: "a table belongs to no tenant, and nobody has said that this is right",
	Text: `A table has neither the tenant column nor a parent that has it, so that its rows are
taken for everybody's: no statement on it is asked for a tenant. With ask_new_tables in the
settings, which tenantvet init writes together with the tables of the day, each such table
has to be named under shared: or public:, by a person who has looked; a baseline records the
tables of its day, too, and asks for each new one. A table of a migration that came later,
and was meant to be a tenant's, is found on its first day.`,
	Before: `CREATE TABLE exports (id uuid PRIMARY KEY, requested_by uuid, rows jsonb)`,
	After: `CREATE TABLE exports (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    requested_by uuid, rows jsonb
)`,
	Since:    "0.3.0",
	CWE:      []int{1220},
	Severity: "5.3",
}
