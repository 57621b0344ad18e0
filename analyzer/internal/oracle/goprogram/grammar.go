package goprogram

// Program is one composition.
type Program struct {
	Context string // how the caller travels: see [Grammar]
	Routes  []Route
}

// Route is one handler with its statement.
type Route struct {
	Tie, Fault string
	Source     string
	Carriers   []Carrier
	Guard      string // of the tie guarded, or the way of another tie
	Statement  string
	Layer      string
	Use        string
}

// Carrier holds the tied value on its way; Write is a second write to it: "", "early"
// (before the guard, which is right for an id) or "late".
type Carrier struct{ Kind, Write string }

// Grammar is every word that a program may be composed of. The first of a list is the
// plainest, to which shrinking goes.
type Grammar struct {
	Contexts, Sources, Carriers, Guards, Statements, Layers, Uses []string
	Ties                                                          []Tie
}

// Tie is a way to stay inside the tenant: its faults, and its forms.
type Tie struct {
	Name   string
	Weight int
	Faults []string
	Forms  []string // "" if it has none
	Plain  bool     // takes no source, carriers, statement and layer of its own
}

// All is the grammar.
func All() Grammar {
	return Grammar{
		Contexts:   []string{"plain", "struct", "pointer"},
		Sources:    []string{"path", "query", "header", "form", "json"},
		Carriers:   []string{"variable", "struct", "pointer", "slice", "map", "closure", "option", "interface", "context", "contextpointer", "helper", "named", "field", "mapalias", "methodvalue", "embedded", "generic", "channel", "decoded", "sscan"},
		Guards:     guards(),
		Statements: []string{"one", "list", "child", "update", "delete", "deletechild", "returning"},
		Layers:     []string{"direct", "method", "store", "interface", "stores", "transaction", "goroutine", "functionvalue", "generic", "deferred"},
		Uses:       []string{"print", "json", "write", "header"},
		Ties:       ties(),
	}
}

// guards are the forms of a check of one id.
func guards() []string {
	return []string{"inline", "error", "bool", "pair", "count", "compare", "interface", "interfaces", "functionvalue", "functionvalues", "must", "named", "switch", "overwrite", "middleware", "embedded", "wrapped", "closure", "either"}
}

// ties are the ways, with the faults of each.
func ties() []Tie {
	return []Tie{
		{Name: "guarded", Weight: 6, Forms: guards(), Faults: []string{"otherid", "othertable", "dropped", "inverted", "logged", "after", "noop", "norows", "carrier", "carrier", "carrier"}},
		{Name: "scoped", Weight: 4, Faults: []string{"request", "request", "carrier", "carrier", "carrier"}},
		{Name: "fetched", Weight: 2, Plain: true, Forms: []string{"one", "all", "filter", "struct", "helper"}, Faults: []string{"after", "inverted", "request", "first", "any", "stale", "logged"}},
		{Name: "batch", Weight: 3, Plain: true, Forms: []string{"inline", "helper", "filtered", "flag", "contains"}, Faults: []string{"first", "any", "reslice", "logged", "skipped", "partial"}},
		{Name: "member", Weight: 2, Plain: true, Forms: []string{"error", "bool", "overwrite"}, Faults: []string{"user", "dropped", "otherorg", "norows"}},
		{Name: "reference", Weight: 2, Plain: true, Forms: []string{"guarded", "selected", "updated"}, Faults: []string{"unchecked", "othertable"}},
		{Name: "loaded", Weight: 2, Plain: true, Forms: []string{"pointer", "value"}, Faults: []string{"uncompared", "afternext", "noreturn", "otherparam", "skipped"}},
		{Name: "cached", Weight: 1, Plain: true, Forms: []string{"map", "syncmap", "field", "once"}, Faults: []string{"untenanted"}},
		{Name: "worker", Weight: 1, Plain: true, Forms: []string{"channel", "goroutine", "list"}, Faults: []string{"unchecked"}},
		{Name: "signed", Weight: 1, Plain: true, Forms: []string{"body"}, Faults: []string{"cookie", "nonce", "clientkey"}},
	}
}
