package finding

import (
	"path"
	"slices"
	"sort"
	"strings"
)

// Run is the document of one run: plain records, sorted, without times and
// absolute paths, so that two runs over the same module have the same bytes. Its
// JSON form is a contract: fields are added, not renamed.
type Run struct {
	Schema    string     `json:"schema"` // of this document: its major version changes when a field goes
	Version   string     `json:"version"`
	Base      string     `json:"base"`     // the folder of all files below the top of the repository, "" if it is that
	Baseline  string     `json:"baseline"` // what the run was compared with: a file, or a revision; "" for nothing
	Catalogue Catalogue  `json:"catalogue"`
	Calls     []Call     `json:"calls"`
	Findings  []Finding  `json:"findings"`
	Questions []Question `json:"questions"`
	Setup     []Setup    `json:"setup"`
	Libraries []string   `json:"libraries"` // database and request libraries that the programs use
	Enforcers []Enforcer `json:"enforcers"` // functions of the programs that libraries run with statements
	Summary   Summary    `json:"summary"`
}

// Enforcer is a function of a program that a library runs with each statement of some kinds, and
// that may add to it.
type Enforcer struct {
	Name       string   `json:"name"`       // by which it is registered
	Place      string   `json:"place"`      // where: file:line
	Statements []string `json:"statements"` // the kinds of statements, as the library calls them
	Why        string   `json:"why"`        // why it is not understood, "" if it is
}

// EachEnforcer are those of all programs, each once: of one that some program does not understand,
// that is said.
func EachEnforcer(list []Enforcer) []Enforcer {
	out := []Enforcer{}
	for _, e := range list {
		i := slices.IndexFunc(out, func(x Enforcer) bool { return x.Name == e.Name && x.Place == e.Place })
		if i < 0 {
			out = append(out, e)
		} else if out[i].Why == "" {
			out[i].Why = e.Why
		}
	}
	slices.SortStableFunc(out, func(a, b Enforcer) int { return strings.Compare(a.Place+a.Name, b.Place+b.Name) })
	return out
}

// Schema is the version of the document, which docs/json.md describes.
const Schema = "tenantvet/1"

// Path is a file's path below the top of the repository.
func (r *Run) Path(file string) string { return path.Join(r.Base, file) }

// Hollow reports whether the set-up makes the run say little.
func (r *Run) Hollow() bool {
	return slices.ContainsFunc(r.Setup, func(s Setup) bool { return s.Hollow })
}

// Idle reports whether there is an exemption that has no effect, or that nothing needs.
func (r *Run) Idle() bool {
	return slices.ContainsFunc(r.Setup, func(s Setup) bool { return s.Idle })
}

// Count fills the summary from the lists. Where the set-up hides calls, "all of them"
// would be said of those that happen to be seen, so there is no share then.
func (r *Run) Count() {
	r.Summary = Summarise(r.Calls, r.Findings)
	if s := &r.Summary; r.Hollow() && s.Percent != nil && *s.Percent == 100 {
		s.Share, s.Percent = 0, nil
	}
}

// Blind reports whether there are calls of a database, or a set-up that hides them, and
// not one on a table of a tenant could be judged. What says nothing must not pass.
func (r *Run) Blind() bool {
	s := &r.Summary
	judged := 0
	for i := range r.Calls {
		c := &r.Calls[i]
		if c.Reason == Contradicted {
			return true // what was found is withheld
		}
		if c.Reached && c.Verdict != Unproven && c.Reason != NoTable {
			judged++
		}
	}
	return judged == 0 && (s.Unproven > 0 || r.Hollow())
}

// Catalogue is what was decided about the tables. It stands in every document,
// because no verdict can be judged without it.
type Catalogue struct {
	Column     string   `json:"column"`
	Confidence string   `json:"confidence"`
	Why        string   `json:"why"`
	Sources    []string `json:"sources"`
	Tables     []Table  `json:"tables"`
}

// Table is one table of the catalogue, with the reason that a person would argue
// with.
type Table struct {
	Name       string `json:"name"`
	Tenancy    string `json:"tenancy"`
	Column     string `json:"column"`
	Why        string `json:"why"`
	Confidence string `json:"confidence"`
	Undecided  string `json:"undecided,omitempty"` // why nothing may rest on the tenancy
	File       string `json:"file"`                // where the table is defined first
	Line       int    `json:"line"`
}

// Call is a database call with its verdict. Reason is empty only for a call
// that is proved by its own statement. Reasons are few, so that they can be
// counted; Detail is what is particular to the call, such as where in its
// statement the parser stopped.
type Call struct {
	Place
	Verdict Verdict  `json:"verdict"`
	Reason  string   `json:"reason"`
	Detail  string   `json:"detail,omitempty"`
	Tables  []string `json:"tables"`
	Assumes []string `json:"assumes"`
	// Unconfirmed are those of Assumes that rest on a name, or on a guess at what
	// runs, and that no settings confirm.
	Unconfirmed []string `json:"unconfirmed"`
	Findings    []string `json:"findings"` // fingerprints

	Function    string      `json:"function"`
	Statement   string      `json:"statement"`  // by name, or by its first words
	Statements  []Statement `json:"statements"` // that it may run, the first few
	Touches     []Touch     `json:"touches"`
	Reached     bool        `json:"reached"`
	Fingerprint string      `json:"fingerprint"`
	Known       bool        `json:"known,omitempty"`    // unproven, and the baseline holds it
	Category    string      `json:"category,omitempty"` // that a directive or the baseline gives
}

// Open reports whether the call is unproven, and not known from before.
func (c *Call) Open() bool {
	return c.Verdict == Unproven && !c.Known
}

// Statement is a text that a call may run, with its proof relation by relation or why
// there is none.
type Statement struct {
	Text  string `json:"text"`
	Proof string `json:"proof"`
}

// Touch is a table of a tenant, or one of its children, and what is done to it: read,
// insert, update or delete.
type Touch struct {
	Table string `json:"table"`
	Verb  string `json:"verb"`
}

// Soft reports whether the call is proved or excused on an assumption that nobody
// has confirmed.
func (c *Call) Soft() bool {
	return c.Reached && (c.Verdict == Proved || c.Verdict == Excused) && len(c.Unconfirmed) > 0
}

// Question is asked once for all the calls that wait for its answer. No answer is
// one, too: the calls stay warnings.
type Question struct {
	Text     string   `json:"text"`
	File     string   `json:"file"` // of the first finding that waits, "" if none does
	Line     int      `json:"line"`
	Setting  string   `json:"setting"` // the line of .tenantvet.yml that answers it
	Checker  string   `json:"checker"`
	Calls    int      `json:"calls"`
	Findings []string `json:"findings"` // fingerprints
}

// Setup is something about the module that a person should put right. It is
// hollow if the result says little until then: nothing was found because nothing
// was seen. File is "" where no file is to blame.
type Setup struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
	Hollow  bool   `json:"hollow"`
	Idle    bool   `json:"idle,omitempty"` // an exemption that has no effect, or that nothing needs
}

// Summary counts. Calls that no program reaches are counted apart and in nothing
// else; the share leaves out calls that touch no table of a tenant, which every
// program could raise it with.
type Summary struct {
	Calls       int       `json:"calls"` // that a program reaches
	Proved      int       `json:"proved"`
	Excused     int       `json:"excused"`
	Found       int       `json:"found"`
	Unproven    int       `json:"unproven"`
	NotReached  int       `json:"not_reached"`
	NoTable     int       `json:"no_tenant_table"` // of Calls: proved, for they touch no table of a tenant
	Share       float64   `json:"share_proved"`    // of the calls that touch one
	Percent     *int      `json:"percent_proved"`  // the same, rounded down; null where there is nothing to take a share of
	Errors      int       `json:"errors"`
	Warnings    int       `json:"warnings"`
	Reasons     []Reason  `json:"reasons"`     // of excused and unproven calls, commonest first
	Rules       []Reason  `json:"rules"`       // findings by rule, commonest first
	Assumes     []Reason  `json:"assumes"`     // commonest first
	Soft        int       `json:"soft"`        // proved or excused calls that rest on an assumption that nobody has confirmed
	Unconfirmed []Premise `json:"unconfirmed"` // commonest first

	Known         int `json:"known"`          // findings that the baseline holds
	KnownUnproven int `json:"known_unproven"` // unproven calls that it holds
	Excluded      int `json:"excluded"`       // findings that the settings exclude

	Categories []Reason `json:"categories"` // of calls that are allowed, and of what the baseline holds, commonest first
}

// Premise is an assumption that nobody has confirmed, with the line of
// .tenantvet.yml that does, and the proved or excused calls that rest on it.
type Premise struct {
	Text    string `json:"text"`
	Setting string `json:"setting"`
	Calls   int    `json:"calls"`
}

// Reason is how often a verdict had a reason.
type Reason struct {
	Verdict Verdict `json:"verdict,omitempty"`
	Reason  string  `json:"reason"`
	Calls   int     `json:"calls"`
}

// UnclearColumn is the reason of calls whose tables have a tenant column that is
// only guessed.
const UnclearColumn = "tenant column unclear"

// Contradicted is the reason of calls whose findings are withheld, because hardly any
// statement of the program binds the tenant column.
const Contradicted = "tenant column contradicted"

// RowSecurity begins the reasons of calls that nothing ties, on tables that policies of the
// database secure: it is not known that the policies hold there.
const RowSecurity = "row-level security"

// NoTable is the reason of calls that touch no table of a tenant.
const NoTable = "no table of a tenant"

// Summarise counts calls and findings. It is a function of both lists alone, so
// that a report on a part of the module can count again.
func Summarise(calls []Call, findings []Finding) Summary {
	s := Summary{}
	reasons, assumes, rules, unconfirmed, categories := counter{}, counter{}, counter{}, counter{}, counter{}
	for i := range calls {
		s.count(&calls[i], reasons)
		if c := calls[i].Category; c != "" {
			categories[Reason{Reason: c}]++
		}
		for _, a := range calls[i].Assumes {
			assumes[Reason{Reason: a}]++
		}
		if !calls[i].Soft() {
			continue
		}
		s.Soft++
		for _, a := range calls[i].Unconfirmed {
			unconfirmed[Reason{Reason: a}]++
		}
	}
	for i := range findings {
		s.countFinding(&findings[i], rules)
		if c := findings[i].Category; c != "" {
			categories[Reason{Reason: c}]++
		}
	}
	if n := s.Calls - s.NoTable; n > 0 {
		s.Share = float64(s.Proved-s.NoTable) / float64(n)
		percent := (s.Proved - s.NoTable) * 100 / n
		s.Percent = &percent
	}
	s.Unconfirmed = []Premise{}
	for _, r := range unconfirmed.ranked() {
		s.Unconfirmed = append(s.Unconfirmed, Premise{Text: r.Reason, Setting: "assumes: ['" + strings.ReplaceAll(r.Reason, "'", "''") + "']", Calls: r.Calls})
	}
	s.Reasons, s.Assumes, s.Rules, s.Categories = reasons.ranked(), assumes.ranked(), rules.ranked(), categories.ranked()
	return s
}

// countFinding adds one finding. Those that nobody is to act on are counted apart.
func (s *Summary) countFinding(f *Finding, rules counter) {
	switch {
	case f.Excluded != "":
		s.Excluded++
		return
	case f.Known:
		s.Known++
		return
	case f.Tier == Error:
		s.Errors++
	default:
		s.Warnings++
	}
	rules[Reason{Reason: f.Rule}]++
}

// count adds one call. Proved calls have no line among the reasons: what they rest
// on is counted instead.
func (s *Summary) count(c *Call, reasons counter) {
	// What may be reached for all that is known counts, or it would be hidden by the
	// part of the program that is lost.
	if !c.Reached && c.Verdict != Unproven {
		s.NotReached++
		return
	}
	s.Calls++
	switch c.Verdict {
	case Proved:
		s.Proved++
		if c.Reason == NoTable {
			s.NoTable++
		}
		return
	case Excused:
		s.Excused++
	case Found:
		s.Found++
		return
	default:
		s.Unproven++
		if c.Known {
			s.KnownUnproven++
		}
	}
	reasons[Reason{Verdict: c.Verdict, Reason: c.Reason}]++
}

// counter counts by everything but the count itself.
type counter map[Reason]int

// ranked is what was counted, commonest first; equal counts stand by verdict and
// text, so that the order never depends on the map.
func (c counter) ranked() []Reason {
	out := make([]Reason, 0, len(c))
	for r, n := range c {
		r.Calls = n
		out = append(out, r)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Calls != b.Calls {
			return a.Calls > b.Calls
		}
		if a.Verdict != b.Verdict {
			return a.Verdict > b.Verdict
		}
		return a.Reason < b.Reason
	})
	return out
}
