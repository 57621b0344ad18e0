package finding

import "strings"

// Term is a word of a report, explained: what it means, and what a person can do.
type Term struct {
	Name  string
	Title string
	Text  string
	Do    string // "" if there is nothing to do
	// Begins are the beginnings of the reasons that the term explains; the longest that
	// fits counts.
	Begins []string
}

// Verdicts are the words for what is known of a call, and of a finding.
func Verdicts() []Term {
	return []Term{
		{Name: "proved", Title: "every table of a tenant in the statement is tied to a tenant that the client did not choose",
			Text: "It says on which assumptions, if on any. A call that touches no table of a tenant is proved, too, and is no part of the share."},
		{Name: "excused", Title: "nothing is tied, and it is fine for a named reason",
			Text: "The reasons are a closed list: tenantvet explain NAME explains each, as `job` or `credential`."},
		{Name: "finding", Title: "a table is not tied, or is tied to a value that the client chose",
			Text: "It belongs to a rule and has a tier. The call is listed with its verdict, the finding where it can be repaired."},
		{Name: "unproven", Title: "tenantvet cannot tell, for a named reason",
			Text: "It is never taken for fine: it is listed, counted, and fails under --strict.",
			Do:   "Read what its reason means with tenantvet explain 'REASON', and tenantvet why FILE:LINE for the call."},
		{Name: "error", Title: "a finding with a complete path from a request to the statement",
			Text: "No check stands on the way that tenantvet does not understand, and the table is owned with high confidence."},
		{Name: "warning", Title: "a finding of which something is not sure",
			Text: "A check on the way is not understood, no route to it is seen, or a part of the path rests on a name. go vet and golangci-lint show it with warnings: true only."},
		{Name: "assumption", Title: "what a proof rests on besides its statement",
			Text: "Known ones follow from data, settings or the schema. Unconfirmed ones rest on a name, or on a guess at what runs; --strict fails on them.",
			Do:   "Confirm them under assumes: in .tenantvet.yml, with the line that the report prints."},
		{Name: "hollow", Title: "the set-up hides calls, so that the result says little",
			Text: "No schema, a guessed tenant column, a database library that is not modelled, code that does not compile. --strict fails, and so does a run that could judge nothing.",
			Do:   "Put right what the line says, or write //tenantvet:allow REASON above the package clause of the program."},
		{Name: "not reached", Title: "no program comes to the call", Text: "It is counted apart."},
	}
}

// Words are the other words of a report: whose tables are, and what people have said.
func Words() []Term {
	return []Term{
		{Name: "tenant column", Title: "the column that names the tenant of a row",
			Text: "Most tables reference one table by it; the head of a report says which, how surely, and why.", Do: "If it is another: tenant_column: in .tenantvet.yml."},
		{Name: "tenants", Title: "the rows of the table that the tenant column refers to", Text: "The report calls that table the root."},
		{Name: "owned", Title: "each row of the table has a tenant, by the tenant column",
			Text: "Where the column may be null, rows without a tenant are nobody's, unless shares_null: says that they are everybody's."},
		{Name: "child", Title: "each row of the table belongs to the row of a parent that a tenant owns", Text: "It has no tenant column of its own, and is tied through its parent."},
		{Name: "membership", Title: "the table joins users to tenants", Text: "Where a row of the caller and of a tenant is found in it, the tenant is the caller's."},
		{Name: "shared", Title: "the rows of the table belong to no tenant",
			Text: "No statement on it is asked for a tenant. That is said by a person, under shared:, or found where nothing speaks for an owner.", Do: "tenantvet schema --why TABLE tells which."},
		{Name: "setup", Title: "what a person should put right so that the result means more", Text: "One that hides calls is called hollow."},
		{Name: "question", Title: "what a person knows and the program does not say", Text: "Calls wait for its answer, as warnings or unproven. No answer is one, too: they stay so.",
			Do: "Answer it in .tenantvet.yml, with the line that the report prints."},
		{Name: "unconfirmed", Title: "what rests on an assumption that only a name speaks for", Text: "The summary counts the calls, and --strict fails while there is one."},
		{Name: "baseline", Title: "the file of what is known, so that runs report what is new",
			Text: "An entry names a finding or an unproven call by its fingerprint, and does not hold for another statement in the same place.", Do: "tenantvet baseline write makes it, and drops what is gone."},
		{Name: "known", Title: "held by the baseline, or there in the revision of --new-from, too", Text: "It is counted, and not reported again."},
		{Name: "excluded", Title: "taken out by exclude: or severity: of the settings, with a reason", Text: "The summary counts what each reason hides."},
		{Name: "fingerprint", Title: "by what a finding or a call is known in another run",
			Text: "It holds over lines that move, variables that are renamed, and other edits of the same function; another statement has another one."},
		{Name: "cause", Title: "what several findings have in common, such as one check that is missing before twenty handlers",
			Text: "They are told as one finding with its places; each has its own fingerprint."},
	}
}

// Reasons are the kinds of reasons for which a call is unproven.
func Reasons() []Term {
	return []Term{
		{Name: "text not resolved", Title: "the SQL text is put together in a way that is not followed",
			Text:   "The text comes from configuration, from a library that is not modelled, or is built in more ways than are followed.",
			Do:     "Give the statement as a constant, or as constants with parts added under conditions.",
			Begins: []string{"text not resolved", "bind value is missing"}},
		{Name: "statement does not parse", Title: "the SQL text is none of the dialect",
			Text: "The database may accept it in another dialect, or refuse it.", Begins: []string{"statement does not parse", "no statement"}},
		{Name: "statement too large", Title: "the statement has more alternatives than are tried",
			Text: "It is over a limit of the proof, which the reason names.", Do: "Split it, or tie the tenant outside of the OR.",
			Begins: []string{"statement too large to judge", "too many references to CTEs", "views nested too deeply"}},
		{Name: "unknown table", Title: "no schema that was found has the table",
			Text: "Whose its rows are is not known.", Do: "Name the files that define it under schema: in .tenantvet.yml.",
			Begins: []string{"unknown table", "no schema", "system table", "write through view", "view "}},
		{Name: "undecided table", Title: "whose the rows of the table are could not be decided",
			Text: "Something of the schema could not be read, or the table only looks like an owned one.", Do: "tenantvet schema --why TABLE tells what; name the table under shared:, or its tenant column.",
			Begins: []string{"undecided table", "ambiguous"}},
		{Name: "tenant column unclear", Title: "the tenant column is only guessed, or contradicted by the statements",
			Text: "Findings are withheld, because the guess may be wrong.", Do: "Name it: tenant_column: in .tenantvet.yml.",
			Begins: []string{UnclearColumn, Contradicted}},
		{Name: "tenant from the request", Title: "nothing in the program knows the caller's tenant",
			Text: "The callers of its API name the tenant. Whether they may is a question to a person.", Do: "Answer with tenant_source: in .tenantvet.yml.",
			Begins: []string{"tenant from the request"}},
		{Name: RowSecurity, Title: "the tables are secured by policies, and whether they hold here is not followed",
			Text: "Row-level security holds the rows back if the policies bind every row to a variable of the session, and the transaction of the statement was given the caller's tenant in it before, on every way. What of it is not known, the reason says.",
			Do:   "Set the variable in the same transaction, for that alone, before the statement, and look at the error. Or filter in the statement, too: one wall is not two.", Begins: []string{RowSecurity}},
		{Name: "entry unknown", Title: "how requests come to the call is not known",
			Text: "A library that is not modelled, or a part of the program that is not compiled, may call it.", Do: "Repair what does not compile; ask for the library, or write a model of it.",
			Begins: []string{"entry unknown", "nobody is seen to", "a channel feeds it", "channel"}},
		{Name: "not compiled", Title: "the code of the call was not compiled",
			Text: "It does not type-check or parse, uses C, or is too large.", Do: "Build the program first; generate what is generated.",
			Begins: []string{"not compiled", "internal error"}},
		{Name: "over budget", Title: "a limit on work was met",
			Text: "The function, or the ways to it, are more than are followed.", Do: "Split the function.",
			Begins: []string{"over budget", "budget", "depth", "size", "recursion", "cap"}},
		{Name: "database code", Title: "something runs inside the database that is not read",
			Text:   "A function, a trigger, a rule or a default may touch other rows than the statement names.",
			Begins: []string{"function body", "unknown function", "trigger", "rule ", "default of", "aggregate", "operator", "prepared statement", "row of cursor", "a statement in a body", "a utility statement"}},
		{Name: "value not followed", Title: "where a value comes from is not followed",
			Text: "It goes through a function, a loop, a container or a column that tenantvet does not follow, so it may be the caller's or the client's.",
			Do:   "Hand the value over more directly, or compare it with the caller's before it is used.", Begins: []string{""}},
	}
}

// TermOf finds the term of a name, or of a reason; nil if there is none. Every reason of
// an unproven call has one.
func TermOf(text string) *Term {
	for _, list := range [][]Term{Verdicts(), Words(), Reasons()} {
		for i := range list {
			if list[i].Name == text {
				return &list[i]
			}
		}
	}
	return nil
}

// ReasonTerm is the term that explains why a call is unproven.
func ReasonTerm(reason string) *Term {
	var best *Term
	longest := -1
	list := Reasons()
	for i := range list {
		for _, begin := range list[i].Begins {
			if strings.HasPrefix(reason, begin) && len(begin) > longest {
				best, longest = &list[i], len(begin)
			}
		}
	}
	return best
}
