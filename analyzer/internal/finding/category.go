package finding

import "strings"

// Category is a kind of reason for which a person lets a call be, beside the reason in
// words: a team counts by it, and asks of each kind what must hold.
type Category struct {
	Name  string
	Title string
	Holds string // what a person who chooses it says
	Ask   string // what a reviewer asks
}

// Categories are all categories, in the order in which docs list them.
func Categories() []Category {
	return []Category{
		{"pre-auth", "it runs before anybody is known", "the request is a login, a sign-up or the start of one, and nothing of the row but what that needs is answered", "may an outsider tell from the answer which tenants or users there are?"},
		{"background", "the program's own work for all tenants", "no request starts it, or the request only starts what would run anyway", "does a request choose an id that the work uses?"},
		{"own-rows", "rows of the user, whatever the tenant", "the rows are tied to the authenticated user, who may see them in every tenant", "is the user's id the caller's own, and does leaving a tenant take the rows away?"},
		{"parent-authorized", "the parent row was authorized before", "a check on every way here has shown that the parent row is the caller's", "does the check end the request, and is the id that is used the one that was checked?"},
		{"cross-tenant-guard", "it looks across tenants to keep them apart", "the statement asks whether something is taken, linked or shared elsewhere, and one bit or nothing is answered", "what does the answer tell about another tenant?"},
		{"public", "the rows are meant for everybody", "the owner of the rows has published them", "can a row that is not published be asked for?"},
		{"staff", "only those who run the installation come here", "a check on every way here lets staff through and nobody else", "is a role within one tenant taken for staff?"},
		{"root", "a row of the tenants table itself", "the row is the tenant, and the caller may see it by being a member or invited", "is membership checked before the row is answered?"},
	}
}

// CategoryOf finds a category by name, nil if there is none.
func CategoryOf(name string) *Category {
	for _, c := range Categories() {
		if c.Name == name {
			return &c
		}
	}
	return nil
}

// CategoryNames are the names of all categories, as a sentence lists them.
func CategoryNames() string {
	var names []string
	for _, c := range Categories() {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// CategoryIn is the category that the reason of a directive begins with, as
// `category=public`, and the reason in words; "" if it names none.
func CategoryIn(reason string) (category, words string) {
	rest, ok := strings.CutPrefix(reason, "category=")
	if !ok {
		return "", reason
	}
	category, words, _ = strings.Cut(rest, " ")
	return category, strings.TrimSpace(words)
}
