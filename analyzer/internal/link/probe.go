package link

// uniqueKey is the excuse of a look-up that asks no more than whether a name is
// taken: the unique key of the table tells every tenant the same.
const uniqueKey = "unique key"
