// Package fix mends findings where the caller's tenant is in reach: it puts the missing
// predicate into the text of a statement and its value into the arguments of the call,
// puts an OR in parentheses, or hands on the caller's tenant in the place of a value of
// the request.
//
// In goes a finding with its place and the package of that place, parsed and type-checked;
// out come [Candidate] edits, the likeliest first. Names and text alone choose them, and
// prove nothing: whoever applies one analyses the program again with it, and keeps it if
// the finding is gone and nothing else is worse.
//
// It cannot see other packages, and leaves alone what is not written down in one piece:
// texts that are put together, arguments that are spread from a slice, and texts that
// several calls share.
package fix
