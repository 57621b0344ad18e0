package premise

// A Limit is a bound that was met: a larger one might have proved more, and never
// less. What a limit cut off is not known to be wrong.
type Limit string

// The limits. Their values were chosen so that no statement of the measured
// programs meets one, and the worst that a fuzzer writes is judged in a second.
const (
	// Copies of the bodies of common table expressions and views in one statement.
	Copies Limit = "copies of CTEs"
	// ConditionSize is that of one disjunction, nested ones counted.
	ConditionSize Limit = "size of a condition"
	// Arms are those of one list of values that are no constants.
	Arms Limit = "arms of one list"
	// QueryPredicates are those that the row of one query is known to meet.
	QueryPredicates Limit = "predicates of one query"
	// Derivations is how often the rules are applied for one statement.
	Derivations Limit = "derivations"
	// ArmProduct is that of the arms of all disjunctions about one relation.
	ArmProduct Limit = "arms of disjunctions"
	// AlternativeList is the number of alternatives of one relation, or of the
	// statement: there are as many as are kept, and there may be more.
	AlternativeList Limit = "alternatives"
)
