package unit

// Model is a struct type that a library may read and write rows as. It is what the
// declaration says; which table and columns that is, the library's naming tells.
type Model struct {
	Name   string // "pkg.T"
	Table  string // the constant that its method for the table's name gives
	Method bool   // it has such a method, whatever that gives
	Used   bool   // it is handed to a library whose rows it stands for
	Fields []ModelField
	Hooks  []string // when a method may change a statement about its rows, and its name: "update BeforeUpdate"
	Sets   []string // fields that such methods set, or one of the words below
	Site   int
}

// The words for fields that a method sets where it is not seen which.
const (
	SetsAny    = "*"
	SetsButKey = "!key" // any but those of the primary key
)

// ModelField is a field of a model.
type ModelField struct {
	Name     string
	Type     string // "pkg.T" of a named type, else that of a basic type; without pointers and lists
	Kind     string // one of the kinds below
	Pointer  bool   // it may be nil
	List     bool   // it holds any number of them
	Embedded bool
	Tag      string // of the tags those of such libraries
}

// The kinds of fields of models, by what a database makes of them.
const (
	ModelText    = "text"
	ModelInt     = "int"
	ModelFloat   = "float"
	ModelBool    = "bool"
	ModelTime    = "time"
	ModelBytes   = "bytes"
	ModelValue   = "value"   // its type says itself what is stored
	ModelDeleted = "deleted" // the time when the row was deleted, if it was
	ModelStruct  = "struct"  // another model, or a part of this one
	ModelOther   = "other"
)
