package main

// A group is a part of the analyzer that has its own share of the sample.
type group struct {
	name     string
	packages []string // below analyzer/internal
	tests    []string // packages whose tests consume it, cheapest first; its own come before
	links    bool     // it runs after compilation, so that shapes are replayed from their units
}

// groups are the middle of the analyzer, from the code to the verdict.
var groups = [...]group{
	{"flow", []string{
		"flow", "flow/algebra", "flow/builder", "flow/callsite", "flow/fact", "flow/memory", "flow/place", "flow/result", "flow/value",
	}, []string{"flow", "eval", "compile"}, false},
	{"compile", []string{
		"compile", "compile/body", "compile/declare", "compile/dispatch", "compile/entry", "compile/funcvalue", "compile/prune", "compile/run",
		"compile/sound", "compile/source", "compile/unread",
	}, []string{"compile"}, false},
	{"callgraph", []string{"link/callgraph", "link/middleware"}, []string{"link"}, true},
	{"solve", []string{
		"link/solve", "link/propagate", "link/pathcond", "link/rowflow", "link/access", "link/login", "link/staff", "link/signature",
		"link/decision", "link/carried", "link/installation", "link/kept", "link/owner", "link/privacy",
	}, []string{"link"}, true},
	{"proof", []string{
		"proof", "proof/judge", "proof/ledger", "proof/read", "proof/rules", "proof/bind", "proof/formula", "proof/premise", "proof/plpgsql",
		"link/statement",
	}, []string{"proof", "link"}, true},
	{"verdict", []string{
		"link", "link/obligation", "link/connection", "link/enforce", "link/lost", "link/setting", "link/walls",
	}, []string{"link"}, true},
	{"rls", []string{"rls"}, []string{"rls", "live"}, true},
}

// command has the tests of the whole command, the last resort.
const command = "analyzer/driver"

// replayer links the same modules from their units, see there.
const replayer = internal + "oracle/mutate/replay"

// internal is the folder of the packages of groups.
const internal = "analyzer/internal/"

// leftOut are the tests that are not run: they compile all cases again to compare
// the results with one another, not with what is wanted, or measure time.
const leftOut = "TestUnitsAreTheSameEveryTime|TestTextFormIsReadBack|TestLargeModule|TestOnServer"
