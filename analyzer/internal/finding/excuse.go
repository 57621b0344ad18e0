package finding

import "strings"

// Grantor is who may grant an excuse: what has to say that it holds.
type Grantor string

// The grantors.
const (
	BySQL      Grantor = "the statement and its schema"
	ByCode     Grantor = "the Go code"
	BySettings Grantor = "a person, in the settings or a directive"
)

// Excuse is why a call that ties nothing to the tenant is fine all the same, in the
// words of help and of the docs page.
type Excuse struct {
	Name  string // as it stands in a call's reason
	Title string
	Text  string // a paragraph: why it is fine
	Holds string // what must hold, all of it
	Not   string // the neighbour that looks like it and is not excused
	By    Grantor
}

// The names of the excuses.
const (
	OwnRows       = "own rows"
	Credential    = "credential"
	Public        = "public"
	NewTenant     = "new tenant"
	SignedMessage = "signed message"
	Allowed       = "allowed"
	UniqueKey     = "unique key"
	Login         = "login"
	Job           = "job"
	Staff         = "staff"
	NotReached    = "not reached" // of calls that no program reaches
)

// Excuses are all excuses, in the order in which a call is asked about them. Nothing
// else excuses a call.
func Excuses() []Excuse {
	return []Excuse{
		ownRows, credential, public, newTenant, signedMessage, // by what was proved
		allowed, uniqueKey, login, job, staff, notReached,
	}
}

// ExcuseOf finds the excuse of a reason, or of the name of its page, nil if there is
// none. The reason of a directive carries what the person wrote.
func ExcuseOf(reason string) *Excuse {
	name, _, _ := strings.Cut(reason, ":")
	for _, e := range Excuses() {
		if e.Name == name || e.Page() == name {
			return &e
		}
	}
	return nil
}

// Page is the name of the docs page, and what `tenantvet explain` takes.
func (e Excuse) Page() string { return strings.ReplaceAll(e.Name, " ", "-") }

var ownRows = Excuse{
	Name:  OwnRows,
	Title: "the rows are those of the user who calls",
	Text: `The statement is not tied by the tenant but by the user: a column that references the
table of users equals the caller's key. What a user sees of its own rows is no tenant's secret.`,
	Holds: "the bound user is the caller's, from the authenticated context, and the statement gives no row to a tenant",
	Not:   "a user id that the client sent; an insert, or an update of the tenant column",
	By:    BySQL,
}

var credential = Excuse{
	Name:  Credential,
	Title: "the row is found by a secret that only its owner has",
	Text: `Before a caller is known there is no tenant to filter by: a session, an API key or an
invitation is looked up by its token. Whoever has the token may have the row.`,
	Holds: "a unique column that the schema shows to hold a secret is compared with the value that the caller sent",
	Not:   "a name, a slug, or a hash of something that can be guessed",
	By:    BySQL,
}

var public = Excuse{
	Name:  Public,
	Title: "the rows are declared public",
	Text:  `The settings say which rows of the table every tenant may read, by a column that says so.`,
	Holds: "`public:` names the table, the statement only reads, and it asks for those rows",
	Not:   "a write, or a read that is not limited to them",
	By:    BySettings,
}

var newTenant = Excuse{
	Name:  NewTenant,
	Title: "the statement makes the tenant",
	Text:  `A new row of the table of tenants belongs to nobody yet.`,
	Holds: "an INSERT into the root table that cannot overwrite a row",
	Not:   "an upsert on a key that another tenant may have",
	By:    BySQL,
}

var signedMessage = Excuse{
	Name:  SignedMessage,
	Title: "the value came in a message whose signature was verified",
	Text: `A webhook has no caller: its sender, who has the key, chose the values, and the
signature shows that it did.`,
	Holds: "a function of the library data that verifies a signature, or a comparison with what was made of the body with a key, succeeded on the body of this request before the value is used, and the key is the installation's",
	Not:   "a body that is read beside a cookie or header that is verified; a message that is signed with the client's own key; one that is signed with the key of a row, which may be a tenant's (unproven)",
	By:    ByCode,
}

var allowed = Excuse{
	Name:  Allowed,
	Title: "a person looked, and said why",
	Text: `//tenantvet:allow with a reason, at the call, at the function, or on every way to it.
The reason stands in the report.`,
	Holds: "a directive with a reason speaks of the call, or of every way from a request to it",
	Not:   "a directive without a reason, or on one way of several",
	By:    BySettings,
}

var uniqueKey = Excuse{
	Name:  UniqueKey,
	Title: "it only asks whether a name is taken",
	Text: `The unique key of the table tells every tenant the same when it refuses an insert:
that a slug or an address is taken is no secret that the database keeps.`,
	Holds: "one row by a unique key that is no id, and nothing of the row is used but that there is one",
	Not:   "a row by a unique key that is given to the client; an id",
	By:    BySQL,
}

var login = Excuse{
	Name:  Login,
	Title: "a user is looked up by name to log in",
	Text: `Before people have proved who they are there is no caller, and no tenant but the one
that their name belongs to.`,
	Holds: "a query of the table of users by a name of a person, on a way that logs somebody in",
	Not:   "the same query for a caller who is known",
	By:    ByCode,
}

var job = Excuse{
	Name:  Job,
	Title: "no request comes here, only the program's own work",
	Text: `Start-up, schedules and workers speak for all tenants. It is excused only where every
edge from the program's beginning is understood and no request comes to it.`,
	Holds: "only main and initialisers reach the call, over edges that are understood, and no part of the program is lost",
	Not:   "a function value that a library keeps which is not modelled",
	By:    ByCode,
}

var staff = Excuse{
	Name:  Staff,
	Title: "only those come here who run the installation",
	Text:  `A test of the caller stands on every way, and the settings say that its word means staff.`,
	Holds: "`staff:` names the word, and the attribute that is tested is the caller's own",
	Not:   "the same test with a word that nobody has answered for: a warning with the question",
	By:    BySettings,
}

var notReached = Excuse{
	Name:  NotReached,
	Title: "no program reaches the call",
	Text:  `It is counted apart and is no part of the share that is proved.`,
	Holds: "no program contains a way to it, and no part of a program is lost that might",
	Not:   "a call behind a part that does not type-check",
	By:    ByCode,
}
