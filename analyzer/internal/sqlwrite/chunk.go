package sqlwrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A builder may put pieces of text together: each belongs to a part of the statement, and
// stands behind what that part has. Where a part stands, its number says.

// The parts of a statement in their order. What is added by a raw clause stands ten behind
// the last one.
const (
	partStart = 100 * (iota + 1)
	partWith
	partInsert
	partFields
	partValues
	partDelete
	partUpdate
	partSet
	partSelect
	_
	partFrom
	partWhere
	partGroup
	partHaving
	partUnion
	partOrder
	partLimit
	partOffset
	partReturning
)

// chunk is the text of a part, which may be a keyword alone.
type chunk struct {
	part    int
	text    string
	hasExpr bool
}

// chunks is a statement of pieces.
type chunks struct {
	*writer
	list []chunk
	part int  // what was added to last
	row  bool // the row that is being added is not the first
	some bool // it has a value
}

// pieces writes a statement that is put together of pieces.
func (w *writer) pieces(b *term.Build) (string, error) {
	if b.Base != nil {
		return "", errors.New("a statement built on what is not known: " + b.Base.String())
	}
	q := &chunks{writer: w}
	for i := range b.Clauses {
		c := &b.Clauses[i]
		if !c.Sure() && !mayMissPiece(c, q) {
			return "", &piece.SplitError{Clause: c}
		}
		if err := q.addClause(c, b.Clauses[i+1:], i); err != nil {
			return "", err
		}
	}
	var out strings.Builder
	for i, c := range q.list {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(c.text)
	}
	return out.String(), nil
}

// mayMissPiece tells a clause of which the text of one statement can say when it is there, or
// that may stand there when it is not.
func mayMissPiece(c *term.Clause, q *chunks) bool {
	switch c.Word {
	case "where text", "having text", "in values", "order texts", "group text", "limit", "offset", "page", "returning text", "read into", "row", "row set", "row expression":
		return true
	case "set text", "set expression":
		return slices.ContainsFunc(q.list, func(c chunk) bool { return c.part == partUpdate })
	case "join text":
		op, _ := piece.Constant(c.Values[0].Term)
		return op == "JOIN" || op == "LEFT JOIN"
	}
	return false
}

// add puts a piece behind what its part has, with something between, or begins the part
// with a keyword.
func (q *chunks) add(part int, keyword, expr, between string) {
	q.part = part
	at := 0
	for i := len(q.list) - 1; i >= 0; i-- {
		c := &q.list[i]
		if c.part == part {
			switch {
			case expr == "":
			case c.hasExpr:
				c.text += between + expr
			default:
				c.text, c.hasExpr = c.text+" "+expr, true
			}
			return
		}
		if c.part < part {
			at = i + 1
			break
		}
	}
	text := keyword
	if keyword != "" && expr != "" {
		text += " "
	}
	q.list = slices.Insert(q.list, at, chunk{part: part, text: text + expr, hasExpr: expr != ""})
}

// plainPieces are the clauses that are a text with its bind values: the part that each
// belongs to, its keyword, and what stands between two of them.
var plainPieces = map[string]struct {
	part             int
	keyword, between string
}{
	"from text": {partFrom, "FROM", ", "}, "select text": {partSelect, "SELECT", ", "}, "update text": {partUpdate, "UPDATE", ", "},
	"delete text": {partDelete, "DELETE FROM", ", "}, "order texts": {partOrder, "ORDER BY", ", "}, "group text": {partGroup, "GROUP BY", ", "},
	"returning text": {partReturning, "RETURNING", ", "}, "where text": {partWhere, "WHERE", " AND "}, "having text": {partHaving, "HAVING", " AND "},
}

// addClause adds what a clause stands for; the clauses behind it may belong to it.
func (q *chunks) addClause(c *term.Clause, rest []term.Clause, n int) error {
	switch c.Word {
	case "where text", "having text":
		return q.condition(c, rest)
	case "order texts":
		texts, err := piece.Constants(c)
		q.add(partOrder, "ORDER BY", strings.Join(texts, ", "), ", ")
		return err
	case "in values":
		return q.among(c)
	case "limit":
		q.add(partLimit, "LIMIT "+q.Hole(c.Values[0].Term, false), "", "")
	case "offset":
		q.add(partOffset, "OFFSET "+q.Hole(c.Values[0].Term, false), "", "")
	case "page":
		q.add(partOffset, "OFFSET "+q.Hole(before(c.Values[0].Term, c.Values[1].Term), false), "", "")
		q.add(partLimit, "LIMIT "+q.Hole(c.Values[1].Term, false), "", "")
	case "read into":
	case "bound columns":
		return q.bound(c)
	case "join text":
		return q.joined(c)
	case "insert text", "set text", "set expression", "row", "row set", "row expression":
		return q.stores(c)
	case "with statement":
		name, err := piece.Constant(c.Values[0].Term)
		if err != nil {
			return err
		}
		q.add(partWith, "WITH", "", "")
		return q.enclose(name+" AS (", ")", c.Values[1])
	case "enclosed":
		before, err := piece.Constant(c.Values[0].Term)
		after, errAfter := piece.Constant(c.Values[1].Term)
		if err != nil || errAfter != nil {
			return errors.Join(err, errAfter)
		}
		return q.enclose(before, after, c.Values[2])
	case "union of statement":
		return q.united(c)
	default:
		return q.raw(c, n)
	}
	return nil
}

// raw adds a text with its bind values.
func (q *chunks) raw(c *term.Clause, n int) error {
	text, err := q.expression(c)
	if err != nil {
		return err
	}
	p, ok := plainPieces[c.Word]
	switch {
	case ok:
		q.add(p.part, p.keyword, text, p.between)
	case c.Word == "verb":
		q.add(partSelect, text, "", "")
	case c.Word == "expression text":
		q.add(q.part, "", text, ", ")
	case c.Word == "clause text" && n == 0:
		q.add(partStart, text, "", "")
	case c.Word == "clause text":
		q.add(q.list[len(q.list)-1].part+10, text, "", "")
	default:
		return piece.UnknownClause(c)
	}
	return nil
}

// condition adds a condition as it stands, or one that says when it is there. What follows
// IN belongs to the condition before it.
func (q *chunks) condition(c *term.Clause, rest []term.Clause) error {
	p := plainPieces[c.Word]
	text, err := q.Within(c, func() (string, error) {
		text, err := q.expression(c)
		if err == nil && len(rest) > 0 && rest[0].Word == "in values" && !c.Sure() {
			if !piece.SameFacts(rest[0].If, c.If) || rest[0].Maybe != c.Maybe {
				return "", &piece.SplitError{Clause: c}
			}
			list, err := q.inList(&rest[0])
			return text + " " + list, err
		}
		return text, err
	})
	if err != nil {
		return err
	}
	if !c.Sure() {
		if !piece.Closed(text) {
			return &piece.SplitError{Clause: c}
		}
		text = q.All([]piece.Part{{Text: text, When: c}})
	}
	q.add(p.part, p.keyword, text, p.between)
	return nil
}

// among adds a list of values to the condition before it, if that has not taken it.
func (q *chunks) among(c *term.Clause) error {
	if !c.Sure() {
		return nil
	}
	list, err := q.inList(c)
	q.add(partWhere, "", list, " ")
	return err
}

func (q *chunks) inList(c *term.Clause) (string, error) {
	texts := make([]string, len(c.Values))
	for i, v := range c.Values {
		t := v.Term
		if v.Form == term.AsRest {
			t = term.Select(t, term.Step{Kind: term.ElemStep})
		}
		texts[i] = q.Hole(t, false)
	}
	return "IN (" + strings.Join(texts, ",") + ")", nil
}

// joined adds a join. One that is there only sometimes filters nothing for sure.
func (q *chunks) joined(c *term.Clause) error {
	texts, err := piece.Constants(c)
	if err != nil {
		return err
	}
	if !c.Sure() {
		texts[0] = "LEFT JOIN"
		if piece.Loose(texts[1], "join", ",") || !piece.Balanced(texts[2]) {
			return &piece.SplitError{Clause: c}
		}
	}
	q.add(partFrom, "", texts[0]+" "+texts[1]+" ON ("+texts[2]+")", " ")
	return nil
}

// enclose adds a statement with something before and behind it.
func (q *chunks) enclose(before, after string, v term.Value) error {
	text, err := q.inner(v)
	if err != nil {
		return err
	}
	between := ", "
	if q.part == partWhere {
		between = " AND "
	}
	q.add(q.part, "", before+text+after, between)
	return nil
}

// inner is another statement of pieces.
func (q *chunks) inner(v term.Value) (string, error) {
	b, ok := v.Term.(*term.Build)
	if !ok {
		return "", errors.New("a statement that is not known: " + v.Term.String())
	}
	q.Texts++
	defer func() { q.Texts-- }()
	return q.pieces(b)
}

func (q *chunks) united(c *term.Clause) error {
	keyword := map[string]string{"true": "UNION ALL ", "false": "UNION "}[c.Values[0].Term.String()]
	if keyword == "" {
		return errors.New("a UNION of a kind that is not known")
	}
	text, err := q.inner(c.Values[1])
	if err != nil {
		return err
	}
	part := partUnion
	if n := len(q.list); n > 0 && q.list[n-1].part >= part {
		part = q.list[n-1].part + 1
	}
	q.add(part, keyword+text, "", "")
	return nil
}

// bound adds the fields of a struct as columns.
func (q *chunks) bound(c *term.Clause) error {
	st, ok := c.Values[0].Term.(*term.Struct)
	if !ok || st.Base != nil {
		return errors.New("the columns of a struct that is not known")
	}
	for _, f := range st.Fields {
		q.add(partSelect, "SELECT", f.Name, ", ")
	}
	return nil
}

// stores adds to what a write stores.
func (q *chunks) stores(c *term.Clause) error {
	switch c.Word {
	case "insert text":
		table, err := piece.Constant(c.Values[0].Term)
		q.add(partInsert, "INSERT INTO", table, ", ")
		q.add(partFields-1, "(", "", "")
		q.add(partValues-1, ") VALUES (", "", "")
		q.add(partValues+1, ")", "", "")
		q.part = partFields
		return err
	case "row":
		q.row, q.some = q.has(partValues), false
		if q.row {
			q.add(partValues, "", " ", " ), (")
		}
		return nil
	}
	column, err := piece.Constant(c.Values[0].Term)
	if err != nil {
		return err
	}
	value, err := q.Within(c, func() (string, error) { return q.valueOf(c) })
	if err != nil {
		return err
	}
	between := ", "
	switch {
	case strings.HasPrefix(c.Word, "row") && q.row:
		if !q.some {
			between = ""
		}
		q.add(partValues, "", value, between)
	case strings.HasPrefix(c.Word, "row") || q.has(partInsert):
		q.add(partFields, "", column, ", ")
		q.add(partValues, "", value, ", ")
	case q.has(partUpdate):
		if !c.Sure() {
			value = "CASE WHEN " + q.Given(c) + " THEN " + value + " ELSE " + column + " END"
		}
		q.add(partSet, "SET", column+"="+value, ", ")
	}
	q.some = true
	return nil
}

// valueOf is the value of a column.
func (q *chunks) valueOf(c *term.Clause) (string, error) {
	if strings.HasSuffix(c.Word, "expression") {
		text, err := piece.Constant(c.Values[1].Term)
		if err != nil {
			return "", err
		}
		return q.filled(text, c.Values[2:], false)
	}
	return q.value(c.Values[1])
}

func (q *chunks) has(part int) bool {
	return slices.ContainsFunc(q.list, func(c chunk) bool { return c.part == part })
}
