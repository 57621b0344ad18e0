package trust

import (
	"fmt"
	"regexp"
	"strings"
)

// Premise is what a proof rests on besides its statement. Only [Known.Premise]
// and [Suggested.Premise] make one, so who holds one knows whether it may be wrong.
type Premise struct {
	text string
	soft bool
}

// String is the premise as a clause; it is also the line of the settings that
// confirms a soft one.
func (p Premise) String() string { return p.text }

// Soft reports whether the premise rests on a name alone, or on a guess at what
// runs: a person may confirm it.
func (p Premise) Soft() bool { return p.soft }

// Known is a premise that rests on library data, on the settings, on the schema
// or on something proved. Its text may have places for names.
type Known string

// Suggested is a premise that rests on a name, or on a guess at what runs. It is
// never more than soft.
type Suggested string

// Premise is the premise of these names.
func (k Known) Premise(names ...any) Premise { return Premise{text: fmt.Sprintf(string(k), names...)} }

// Premise is the premise of these names.
func (s Suggested) Premise(names ...any) Premise {
	return Premise{text: fmt.Sprintf(string(s), names...), soft: true}
}

// The premises that are known.
const (
	TenantByRequest Known = "callers are trusted to name the tenant (tenant_source: request)"
	HostNamesTenant Known = "the host names the tenant"
	EmptyInsert     Known = "an empty tenant in an insert is nobody's"
	ComparedRow     Known = "row is compared before it is used"
	OwnRow          Known = "row of the user's own"
	CredentialRow   Known = "row found by a credential"
	MiddlewareRuns  Known = "middleware %s runs on this route"
	MiddlewareLoads Known = "middleware %s loads rows by the parameters of the path"
	WholeList       Known = "all middlewares of the list are applied"
	CheckerSays     Known = "checker %s"
	WrittenKey      Known = "context key %s"
	Reference       Known = "reference %s"
	UniqueKey       Known = "unique %s"
	SharedRows      Known = "shared rows %s"
	TriggerFills    Known = "trigger fills %s"
	PublicRows      Known = "public rows %s"
	StaffPasses     Known = "staff may pass"
	RowSecurity     Known = "row-level security by %s"
)

// The premises that are suggested.
const (
	UnseenKey        Suggested = "context key %s is set where it is not seen"
	NamedKey         Suggested = "context key %s holds what its name says"
	ComputedKey      Suggested = "context key %s is set under a computed name"
	KeyIsSet         Suggested = "context key %s is never empty"
	KeyOfRow         Suggested = "context key %s holds a row of %s"
	NamedAccessor    Suggested = "accessor %s"
	NamedClaim       Suggested = "claim %s gives %s"
	LoggedInRow      Suggested = "row of the user who logs in"
	LogsInByName     Suggested = "%s logs people in"
	CheckedParameter Suggested = "a middleware checks the path parameter %q, which it stores under a computed name"
	StaffMayPass     Suggested = "%s may pass"
	NoTenantKnown    Suggested = "a request comes to %s without the caller's tenant"
	KeyConfigured    Suggested = "the key that messages are signed with is configured"
	CheckedInContext Suggested = "middleware %s checks the row that %s puts into the context before anybody reads it"
	RoleIsHeld       Suggested = "row-level security holds the role of the program"
	RoleOwnsNothing  Suggested = "the role of the program owns no table that is not forced"
	SessionIsKept    Suggested = "a connection of a pool is one of the server"
	RoleIsNot        Suggested = "the role of the program is not %s"
	NamedReference   Suggested = "reference %s by name"
	NamedToken       Suggested = "unique %s by name"
	NamedSecret      Suggested = "secret %s by name"
	NamedCredential  Suggested = "row found by a credential by name"
	StoredReference  Suggested = "stored reference %s is the caller's"
	NoZeroKey        Suggested = "no row of %s has a zero %s"
	SignedItself     Suggested = "what the program signs in the request's %s %q is the caller's"
	FieldIsSet       Suggested = "field %s.%s is set"
	OneTenant        Suggested = "where %s decides, everybody is in tenant %s"
	Callback         Suggested = "callback"
	ByType           Suggested = "by type"
	KeptFunction     Suggested = "kept function"
	ByMethodSet      Suggested = "by method set"
	ByMessageType    Suggested = "by message type"
)

// Assumption is an entry of the table of premises.
type Assumption struct {
	Text string // with places for names
	Soft bool
	Says string // what must hold
}

// Assumptions are all premises, the known ones first. A soft one is confirmed by
// its text under assumes: in the settings.
func Assumptions() []Assumption {
	var out []Assumption
	for _, a := range known {
		out = append(out, Assumption{Text: string(a.premise), Says: a.says})
	}
	for _, a := range suggested {
		out = append(out, Assumption{Text: string(a.premise), Soft: true, Says: a.says})
	}
	return out
}

// known says what must hold for the known premises.
var known = []struct {
	premise Known
	says    string
}{
	{TenantByRequest, "the settings say that callers may name the tenant"},
	{HostNamesTenant, "each tenant's site has its own host: who calls it there is in that tenant"},
	{EmptyInsert, "a row without a tenant is shown to nobody"},
	{ComparedRow, "every use of the row stands under a comparison with what is the caller's"},
	{OwnRow, "the row refers to the user who calls"},
	{CredentialRow, "the row was found by a secret that only its owner knows"},
	{MiddlewareRuns, "the middleware stands before the handler on every way to it"},
	{MiddlewareLoads, "the middleware lets the request go on only if the rows of the path are the caller's"},
	{WholeList, "the loop applies all middlewares of the list"},
	{CheckerSays, "the settings say that the function decides access"},
	{WrittenKey, "everybody who sets the key sets it well"},
	{Reference, "along this key both rows have one tenant"},
	{UniqueKey, "the value does not repeat over tenants"},
	{SharedRows, "rows without a tenant are for everybody"},
	{TriggerFills, "the trigger fills the column with the caller's tenant"},
	{PublicRows, "the settings say that every tenant may read the rows"},
	{StaffPasses, "the settings say that staff may see every tenant"},
	{RowSecurity, "the policies of the tables bind every row to the variable, and the transaction was given the caller's tenant in it before"},
}

// suggested says what must hold for the suggested premises.
var suggested = []struct {
	premise Suggested
	says    string
}{
	{UnseenKey, "whoever sets the key sets it to what its name says, of the caller"},
	{NamedKey, "the code that sets the key is not understood; it sets what the name says, of the caller"},
	{ComputedKey, "what is stored under the computed name is the caller's"},
	{KeyIsSet, "no request comes here without a value under the key"},
	{KeyOfRow, "the key holds a row of the table that is the caller's"},
	{NamedAccessor, "the library function gives what belongs to the caller"},
	{NamedClaim, "what the function gives was verified, and belongs to the caller"},
	{LoggedInRow, "the function lets nobody in whose credential it has not checked"},
	{LogsInByName, "nobody is logged in there yet, and who is found is who comes in"},
	{CheckedParameter, "the row that is stored under the name of the parameter was found by it, and is the caller's"},
	{StaffMayPass, "who passes there runs the installation"},
	{OneTenant, "in an installation that is set up so there is one tenant, or nobody logs in"},
	{SignedItself, "whoever has the program sign it may have what it names"},
	{FieldIsSet, "whoever makes such an object gives it the field before a request comes to it"},
	{NoTenantKnown, "the code before it has asked for the caller's tenant, and goes on where there is none"},
	{KeyConfigured, "no installation that serves more than its operator runs without the key: there nothing is verified"},
	{CheckedInContext, "the second middleware stands behind the first on every way, and none between them reads what is put"},
	{RoleIsHeld, "the program connects as a role that is no superuser and has no BYPASSRLS, and so is the owner of its views and routines"},
	{RoleOwnsNothing, "the program does not connect as the owner of the tables: without FORCE the owner is held by no policy"},
	{SessionIsKept, "no pooler in transaction or statement mode stands between the program and the server: it would hand what is set for the session to another client"},
	{RoleIsNot, "the program does not connect as a role that a policy by name lets see other rows"},
	{NamedReference, "the column refers to the table that it is called after, and both rows have one tenant"},
	{NamedToken, "the column holds random values, which do not repeat"},
	{NamedSecret, "only its owner knows the value of the column"},
	{NamedCredential, "only its owner knows the value that the row was found by"},
	{StoredReference, "whoever stores the reference has looked up the row that it names in the caller's tenant"},
	{NoZeroKey, "neither 0 nor an empty text is the key of a row: nothing stores such a key"},
	{Callback, "the function value is called at most once, before the call returns, and its error is given back"},
	{ByType, "the handlers of that type are the ones that are called"},
	{KeptFunction, "the value that comes to the field is one of those that are seen"},
	{ByMethodSet, "the types with these methods are the ones behind the interface"},
	{ByMessageType, "the handlers of that message are the ones that are called"},
}

// AssumptionOf finds the entry that a premise is made of, by its text: the one that says
// most of it; nil if there is none.
func AssumptionOf(text string) *Assumption {
	var best *Assumption
	for _, a := range Assumptions() {
		pattern := strings.NewReplacer("%s", "(.+)", "%q", `"(.*)"`).Replace(regexp.QuoteMeta(a.Text))
		if ok, _ := regexp.MatchString("^"+pattern+"$", text); ok && (best == nil || len(a.Text) > len(best.Text)) {
			best = &a
		}
	}
	return best
}
