package trust

// Rank is how clearly a name speaks of those who run the installation.
type Rank uint8

// The ranks.
const (
	Nobody Rank = iota
	Admin       // an admin of something
	Staff       // of the installation
)

// StaffRank tells how clearly a word, an attribute or a function's name speaks of
// staff.
func (w *Words) StaffRank(name string) Rank {
	parts := Split(name)
	switch {
	case w.Any(Supreme, parts), w.Any(Wide, parts) && (w.Any(Rulers, parts) || len(parts) == 1):
		return Staff
	case w.Any(Admins, parts):
		return Admin
	}
	return Nobody
}
