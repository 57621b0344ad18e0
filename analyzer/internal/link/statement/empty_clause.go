package statement

// runnable drops the texts that no database runs, if there are others: they are
// built where a list that is mostly filled is empty.
func runnable(list []*Statement) []*Statement {
	var out []*Statement
	for _, s := range list {
		if !s.hollow {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}
