package premise

// A Limit is a bound that was met: a larger one might have proved more, and never
// less. What a limit cut off is not known to be wrong. The text says to the author of
// a statement what of it was too large.
type Limit string

// The limits. Their values were chosen so that no statement of the measured
// programs meets one, and the worst that a fuzzer writes is judged in a second.
const (
	// Copies of the bodies of common table expressions and views in one statement.
	Copies Limit = "its common table expressions and views are referred to too often"
	// ConditionSize is that of one disjunction, nested ones counted.
	ConditionSize Limit = "a condition of it has too many parts"
	// Arms are those of one list of values that are no constants.
	Arms Limit = "a list of it has too many values that are no constants"
	// QueryPredicates are those that the row of one query is known to meet.
	QueryPredicates Limit = "its joins and sub-selects have too many conditions"
	// Derivations is how often the rules are applied for one statement.
	Derivations Limit = "it joins or nests too many tables"
	// ArmProduct is that of the arms of all disjunctions about one relation.
	ArmProduct Limit = "its ORs multiply to too many cases"
	// AlternativeList is the number of alternatives of one relation, or of the
	// statement: there are as many as are kept, and there may be more.
	AlternativeList Limit = "there are too many ways in which a tenant may be bound"
)
