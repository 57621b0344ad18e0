package callsite

// Limits of one function. Over a limit a term is unknown and the frame says why.
const (
	MaxSteps = 200_000 // evaluated values
	MaxNodes = 600     // nodes of one term
	MaxList  = 64      // elements of a list
)
