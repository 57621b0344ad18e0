package sqltree

func (n *Query) At() Pos      { return n.Pos }
func (n *Select) At() Pos     { return n.Pos }
func (n *SetOp) At() Pos      { return n.Pos }
func (n *Values) At() Pos     { return n.Pos }
func (n *CTE) At() Pos        { return n.Pos }
func (n *Insert) At() Pos     { return n.Pos }
func (n *Update) At() Pos     { return n.Pos }
func (n *Delete) At() Pos     { return n.Pos }
func (n *Merge) At() Pos      { return n.Pos }
func (n *Truncate) At() Pos   { return n.Pos }
func (n *Copy) At() Pos       { return n.Pos }
func (n *CallProc) At() Pos   { return n.Pos }
func (n *Utility) At() Pos    { return n.Pos }
func (n *Table) At() Pos      { return n.Pos }
func (n *Derived) At() Pos    { return n.Pos }
func (n *FuncTable) At() Pos  { return n.Pos }
func (n *Join) At() Pos       { return n.Pos }
func (n *Column) At() Pos     { return n.Pos }
func (n *Star) At() Pos       { return n.Pos }
func (n *Hole) At() Pos       { return n.Pos }
func (n *Literal) At() Pos    { return n.Pos }
func (n *Default) At() Pos    { return n.Pos }
func (n *Logic) At() Pos      { return n.Pos }
func (n *Not) At() Pos        { return n.Pos }
func (n *Binary) At() Pos     { return n.Pos }
func (n *Unary) At() Pos      { return n.Pos }
func (n *IsNull) At() Pos     { return n.Pos }
func (n *IsBool) At() Pos     { return n.Pos }
func (n *In) At() Pos         { return n.Pos }
func (n *Quantified) At() Pos { return n.Pos }
func (n *Exists) At() Pos     { return n.Pos }
func (n *Subquery) At() Pos   { return n.Pos }
func (n *Case) At() Pos       { return n.Pos }
func (n *Coalesce) At() Pos   { return n.Pos }
func (n *Call) At() Pos       { return n.Pos }
func (n *Cast) At() Pos       { return n.Pos }
func (n *Row) At() Pos        { return n.Pos }
func (n *Array) At() Pos      { return n.Pos }
func (n *Other) At() Pos      { return n.Pos }

func (*Query) statement()    {}
func (*Insert) statement()   {}
func (*Update) statement()   {}
func (*Delete) statement()   {}
func (*Merge) statement()    {}
func (*Truncate) statement() {}
func (*Copy) statement()     {}
func (*CallProc) statement() {}
func (*Utility) statement()  {}

func (*Select) body() {}
func (*SetOp) body()  {}
func (*Values) body() {}

func (*Table) from()     {}
func (*Derived) from()   {}
func (*FuncTable) from() {}
func (*Join) from()      {}

func (*Column) expr()     {}
func (*Star) expr()       {}
func (*Hole) expr()       {}
func (*Literal) expr()    {}
func (*Default) expr()    {}
func (*Logic) expr()      {}
func (*Not) expr()        {}
func (*Binary) expr()     {}
func (*Unary) expr()      {}
func (*IsNull) expr()     {}
func (*IsBool) expr()     {}
func (*In) expr()         {}
func (*Quantified) expr() {}
func (*Exists) expr()     {}
func (*Subquery) expr()   {}
func (*Case) expr()       {}
func (*Coalesce) expr()   {}
func (*Call) expr()       {}
func (*Cast) expr()       {}
func (*Row) expr()        {}
func (*Array) expr()      {}
func (*Other) expr()      {}
