package library

// entityClauses are the words for what the generated functions of an entity add to a
// statement. The first value of each names the entity, that of a condition a column or the
// part that has an edge.
var entityClauses = []string{
	"query of", "along", "where of", "limit of", "offset of", "eager", "modified", "chosen", "grouped",
	"create of", "create all", "create each", "update of", "update one", "update row", "delete of", "delete one", "delete row", "get of",
	"set of", "set some", "increase of", "clear of", "change of", "link", "link row", "link some", "link all", "link rows", "unlink all", "unlink each",
	"conflict of", "conflict columns", "new values", "ignored", "no change", "changed by", "new value",
	// what ends a statement
	"rows of", "row of", "ids of", "id of", "count of", "exists of", "picked of", "saved", "deleted",
	// conditions
	"compare", "has", "negated", "any condition",
	KnownAs,
}

// KnownAs is the clause that says of a builder which is handed over whose rows it is about:
// it adds nothing.
const KnownAs = "known as"

// EntityClauses are the words for what the generated functions of an entity add to a
// statement.
func EntityClauses() []string { return entityClauses }
